"""The morning report and alarms as text and as HTML, from the same pages of words."""

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, select_autoescape

from archive.alarms import NIGHTS, Told
from archive.report import GRAVE, Report, Standing
from archive.report_words import Words, moment, number

PORTALS = 20
"""Portals with new articles that are named, and portals of one list."""


def subject(report: Report, language: str) -> str:
    """One line: the morning, what is new, how many portals need a hand."""
    words = Words(language)
    said = words("subject", new=number(report.new), hands=number(len(hands(report))))
    return f"Caicach {moment(report.until)[6:]}: {said}"


def hands(report: Report) -> list[Standing]:
    """Every portal that needs a hand, newly or still."""
    return [one for one in (*report.changed, *report.standing) if one.state in GRAVE]


def text(report: Report, language: str) -> str:
    """The report for a terminal and for a mail reader without HTML."""
    return "\n".join(_lines(report, Words(language))) + "\n"


def _lines(report: Report, words: Words) -> Iterator[str]:
    yield f"Caicach — {words('title')}"
    yield words("between", since=moment(report.since), until=moment(report.until))
    yield ""
    if not report.outcomes:
        yield words("no_runs")
    else:
        counts = ("new", "reform", "revised", "gone")
        yield "; ".join(f"{number(getattr(report, name))} {words(name)}" for name in counts)
        runs = ", ".join(f"{number(count)} {words(name, 'outcomes')}" for name, count in report.outcomes.items())
        yield f"{words('runs')}: {runs}"
        yield from (f"  {number(count)} × {reason}" for reason, count in report.cut)
    yield from _section(words("changed"), [_standing(one, words) for one in report.changed], words)
    yield from _section(words("standing"), [_standing(one, words) for one in report.standing], words)
    yield from _section(words("unexplained"), [[f"{slug}: {why}"] for slug, why in report.unexplained], words)
    fresh = [
        [f"{one.title}", f"{one.name}{one.published and f', {one.published}'} — {one.url}"] for one in report.fresh
    ]
    yield from _section(words("fresh"), fresh, words, of=report.reform)
    portals = [[f"{number(count)}  {name} ({slug})"] for slug, name, count in report.by_portal]
    yield from _section(words("by_portal"), portals, words)
    yield from _section(words("repaired"), [[line] for line in repaired(report, words)], words)
    if report.outcomes:
        yield from _section(words("footprint"), [[line] for line in footprint(report, words)], words)


def _section(title: str, entries: Sequence[Sequence[str]], words: Words, *, of: int = 0) -> Iterator[str]:
    if not entries:
        return
    yield ""
    yield title.upper()
    for first, *rest in entries[:PORTALS]:
        yield f"  • {first}"
        yield from (f"    {line}" for line in rest)
    if (more := max(of, len(entries)) - min(len(entries), PORTALS)) > 0:
        yield f"  … {words('more', more=number(more))}"


def _standing(one: Standing, words: Words) -> list[str]:
    state = words(one.state, "states")
    cause = f" ({words(one.cause, 'causes')})" if one.cause else ""
    before = f"; {words('was', before=words.pair(one.before, 'states'))}" if one.before not in {"", one.state} else ""
    since = f"; {words('since', since=one.since)}" if one.since else ""
    lines = [f"{one.name} [{one.portal}]: {state}{cause}{before}{since}", one.reason]
    if one.evidence is not None:
        proof = one.evidence
        answered = words("answered", status=proof.status, at=moment(proof.at))
        lines.append(f"{words('evidence')}: {proof.kind} {proof.url} — {answered}, {proof.place}")
    if one.state != "ok":
        lines.append(f"→ {words(one.state, 'todo')}".replace("SLUG", one.portal))
    return [line for line in lines if line]


def repaired(report: Report, words: Words) -> list[str]:
    """What mended itself, and what went into quarantine: a line each, none for nothing."""
    counts = {name: getattr(report, name) for name in ("mended", "restored", "unread")}
    lines = [f"{number(count)} {words(name)}" for name, count in counts.items() if count]
    back = ", ".join(one.portal for one in report.recovered)
    return [*([f"{len(report.recovered)} {words('recovered')}: {back}"] if back else []), *lines]


def footprint(report: Report, words: Words) -> list[str]:
    """What the portals were asked."""
    cost = report.footprint
    line = words(
        "footprint_line",
        requests=number(cost.requests),
        responses=number(cost.responses),
        megabytes=number(round(cost.bytes / 1e6, 1)),
        minutes=number(round(cost.seconds / 60, 1)),
    )
    return [line, *([words("per_new", per_new=cost.per_new)] if cost.per_new is not None else [])]


def html(report: Report, language: str) -> str:
    """The report as one page that needs nothing from elsewhere."""
    words = Words(language)
    return _template("report.html").render(
        report=report,
        words=words,
        language="en" if language == "en" else "vi",
        subject=subject(report, language),
        hands=len(hands(report)),
        moment=moment,
        number=number,
        repaired=repaired(report, words),
        footprint=footprint(report, words),
        most=PORTALS,
    )


@cache
def _template(name: str) -> Template:
    folder = FileSystemLoader(Path(__file__).parent)
    made = Environment(loader=folder, autoescape=select_autoescape(), undefined=StrictUndefined, trim_blocks=True)
    return made.get_template(name)


def alarms(told: Sequence[Told], language: str) -> dict[str, Any]:
    """A notice of alarms: subject, text, and the object that a webhook gets."""
    words = Words(language)
    opened = [one for one in told if not one.became]
    closed = [one for one in told if one.became]
    said = words("alarms_subject", opened=len(opened), closed=len(closed))
    lines = [f"Caicach — {said}"]
    lines += _section(words("opened"), [_alarm(one, words) for one in opened], words)
    lines += _section(words("closed"), [_alarm(one, words) for one in closed], words)
    named = {"opened": [_object(one) for one in opened], "closed": [_object(one) for one in closed]}
    return {
        "subject": f"Caicach: {said}",
        "text": "\n".join(lines) + "\n",
        "object": {"event": "alarms", "subject": f"Caicach: {said}", **named},
    }


def _alarm(one: Told, words: Words) -> list[str]:
    who = words("nights") if one.subject == NIGHTS else one.subject.removeprefix("portal:")
    state = words(one.state, "states") + (f" ({words(one.cause, 'causes')})" if one.cause else "")
    if one.became:
        now = words("set_aside") if one.became == "set aside" else words(one.became, "states")
        return [f"{who}: {state} → {now}"]
    since = f"; {words('since', since=one.since)}" if one.since else ""
    todo = "" if one.subject == NIGHTS else f"→ {words(one.state, 'todo')}".replace("SLUG", who)
    return [line for line in (f"{who}: {state}{since}", one.reason, todo) if line]


def _object(one: Told) -> dict[str, Any]:
    names = ("id", "subject", "state", "cause", "reason", "since", "became")
    return {name: getattr(one, name) for name in names}
