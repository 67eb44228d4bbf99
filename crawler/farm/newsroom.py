"""The newsroom of one simulated portal: which articles it has, and what changes on later nights."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from random import Random

from crawler.farm.chance import stream
from crawler.farm.places import Seat
from crawler.farm.stories import Story
from crawler.farm.texts import frames

HANOI = timezone(timedelta(hours=7))
FIRST_DAY = datetime(2019, 3, 4, 7, 5, tzinfo=HANOI)
SPAN = timedelta(days=2250)
LATER = timedelta(hours=7)
"""Between two articles of later nights: a thousand of them still lie in the past."""
NOW = FIRST_DAY + SPAN + timedelta(days=400)
"""What the portals' clocks show: always later than every article, until nights are played."""

WEEKDAYS = ("Thứ hai", "Thứ ba", "Thứ tư", "Thứ năm", "Thứ sáu", "Thứ bảy", "Chủ nhật")
SECTIONS = {
    "reform": ("Cải cách hành chính", "cai-cach-hanh-chinh"),
    "news": ("Tin tức - Sự kiện", "tin-tuc-su-kien"),
    "economy": ("Kinh tế - Xã hội", "kinh-te-xa-hoi"),
    "culture": ("Văn hóa - Giáo dục - Y tế", "van-hoa-giao-duc-y-te"),
    "security": ("An ninh - Quốc phòng", "an-ninh-quoc-phong"),
}
SECTION_OF = {slug: key for key, (_, slug) in SECTIONS.items()}
_DESKS = {"education": "culture", "health": "culture", "weather": "economy", "society": "news"}
_KINDS = ("plan", "plan", "plan", "programme", "decision", "report", "report", "ranking", "conference", "conference",
          "inspection", "inspection", "training", "survey", "directive", "launch")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Plan:
    """What decides a newsroom's stories: the same plan gives the same stories.

    With `until`, the first `count` stories end before that day and are `daily` on a day; else they are
    spread over six years until 2025. `kinds` are those of files in turn, one for each story about reform.
    """

    seed: int
    slug: str
    count: int
    copies: int
    until: date | None = None
    daily: float = 0.0
    kinds: tuple[str, ...] = ()


class Newsroom:
    """All stories of one portal, oldest first; `wire` is the portal it copies from, if any."""

    def __init__(self, plan: Plan, seat: Seat, wire: "Newsroom | None" = None) -> None:
        self.plan = plan
        self.seat = seat
        self._step = timedelta(days=1) / plan.daily if plan.daily else SPAN / max(plan.count, 1)
        self._last = datetime.combine(plan.until, time(), HANOI) if plan.until else FIRST_DAY + SPAN
        self._first = self._last - self._step * plan.count if plan.until else FIRST_DAY
        self.played = date.min
        self.returns: dict[int, date] = {}
        chosen = stream(f"{plan.seed}/{plan.slug}/copies").sample(range(plan.count), min(plan.copies, plan.count // 4))
        self._copied = frozenset(chosen) if wire else frozenset[int]()
        self._wire = wire
        self.stories = [self._story(index) for index in range(plan.count)]

    def _story(self, index: int, made: datetime | None = None) -> Story:
        key = f"{self.plan.seed}/{self.plan.slug}/{index}"
        rng = stream(f"{key}/plan")
        made = made or self._moment(index, rng)
        if self._wire and index in self._copied:
            return self._copy(index, self._wire.stories[index], rng)
        is_reform, near, desk = rng.random() < 0.45, False, "reform"
        kind = rng.choice(_KINDS)
        if is_reform:
            section = "reform" if rng.random() < 0.85 else "news"
        else:
            others = frames("other")["story"]
            number = rng.randrange(len(others))
            kind, near, desk = str(number), others[number].get("near", False), others[number]["section"]
            section = "reform" if near and rng.random() < 0.1 else _DESKS.get(desk, desk)
        return Story(key, index, self.seat, made, is_reform, kind, section, near, kinds=self.plan.kinds)

    def _moment(self, index: int, rng: Random) -> datetime:
        if index >= self.plan.count:
            late = LATER * (index - self.plan.count + rng.random() * 0.6)
            return (self._last + late).replace(second=rng.randint(1, 59), microsecond=0)
        made = self._first + self._step * (index + rng.random() * 0.6)
        if self._step >= timedelta(days=3):
            made = made.replace(hour=rng.randint(7, 17), minute=rng.randint(0, 59))
        return made.replace(second=rng.randint(1, 59), microsecond=0)

    def _copy(self, index: int, original: Story, rng: Random) -> Story:
        first = original.original or original
        made = first.made + min(timedelta(hours=rng.randint(5, 70)), self._step * 0.3)
        key = f"{self.plan.seed}/{self.plan.slug}/{index}"
        section = "reform" if first.is_reform else first.section
        return Story(key, index, self.seat, made.replace(microsecond=0), first.is_reform, first.kind, section,
                     first.near_miss, original=first)  # fmt: skip

    @property
    def shown(self) -> list[Story]:
        """The stories a reader can open, newest first."""
        return sorted((s for s in self.stories if not s.removed), key=lambda s: (s.made, s.index), reverse=True)

    def publish(self, count: int) -> list[Story]:
        """New articles, as of a later night."""
        start = len(self.stories)
        fresh = [self._story(index) for index in range(start, start + count)]
        self.stories += fresh
        return fresh

    def publish_at(self, moments: Iterable[datetime]) -> list[Story]:
        """New articles of given moments, each later than the one before."""
        fresh = [self._story(index, made) for index, made in enumerate(moments, len(self.stories))]
        self.stories += fresh
        return fresh

    @property
    def now(self) -> datetime:
        """What the portal's clock shows before the first request: the end of the last night played."""
        return NOW if self.played == date.min else datetime.combine(self.played, time(23), HANOI)

    def edit(self, count: int) -> list[Story]:
        """Corrected bodies: the newest `count` articles of the portal's own that were edited least."""
        own = [story for story in self.shown if not story.original]
        chosen = sorted(own, key=lambda story: story.revision)[:count]
        for story in chosen:
            story.edit()
        return chosen

    def remove(self, count: int) -> list[Story]:
        """Taken offline: the oldest `count` articles that are still there."""
        chosen = self.shown[::-1][:count]
        for story in chosen:
            story.removed = True
        return chosen
