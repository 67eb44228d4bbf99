"""What a reason says of its cause: the words of classify, fetch, family and robots, sorted into a few causes."""

import re
from collections import Counter
from collections.abc import Mapping

REFUSING = frozenset({"challenge", "refused", "robots"})
"""Causes by which a portal does not want to be asked."""

SAID = (
    (r"redirections|^redirects|redirect", "redirected"),
    (r"^challenge", "challenge"),
    (r"^blocked: status 5|^status 5|answers 5\d\d|the connection|host's name|no public address|Bad Gateway", "down"),
    (r"^blocked|robots\.txt disallows|^status 4(?:01|03|29)", "refused"),
    (r"no whole answer|^its time was over", "slow"),
    (r"cut off", "cut"),
    (r"is not the portal's|private address", "moved"),
    (r"^soft 404|not found|không tìm thấy|no page is there|page that says", "soft 404"),
    (r"another article is served|has the same text", "same page"),
    (r"home page", "redirected"),
    (r"^status 4(?:04|10)", "missing"),
    (r"^empty|empty", "empty"),
    (r"too large|larger than|too many|nested", "too large"),
    (r"^not html|^not a |feed was expected|sitemap was expected", "not a page"),
    (r"future|impossible|date", "dates"),
    (r"no title|no body|lists articles|no article could be found|could not be read", "layout"),
    (r"another layout|no listing names|is its menu", "layout"),
)
ADDRESS = re.compile(r"^\S+://\S+: ")
"""What a run's reason begins with: the address that it speaks of."""
RULES = tuple((re.compile(pattern, re.IGNORECASE), cause) for pattern, cause in SAID)


def cause_of(reason: str) -> str:
    """The cause that a reason speaks of; "other" for words that none of the rules knows."""
    said = ADDRESS.sub("", reason)
    return next((cause for pattern, cause in RULES if pattern.search(said)), "other")


def worst(reasons: Mapping[str, int]) -> tuple[str, str]:
    """The cause of most of the reasons, and the reason that names it most often."""
    causes = Counter[str]()
    for reason, times in reasons.items():
        causes[cause_of(reason)] += times
    cause = causes.most_common(1)[0][0]
    of_it = {reason: times for reason, times in reasons.items() if cause_of(reason) == cause}
    return cause, max(of_it, key=lambda reason: of_it[reason])
