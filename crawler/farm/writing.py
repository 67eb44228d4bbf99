"""Frames become sentences: choices, names, numbers, dates; what was said is remembered as facts."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from random import Random

from crawler.farm.places import PARTY, Seat, lower_units, split, words
from crawler.farm.truth import TruthAct

_CHOICE = re.compile(r"\[([^\[\]]*)\]")
_SLOT = re.compile(r"\{(\^?)([A-Za-z_]+)(?:(\d+)-(\d+))?\}")

ACTS = {
    "KH": ("Kế hoạch", ("KH-UBND",), 240),
    "QĐ": ("Quyết định", ("QĐ-UBND",), 6800),
    "CTr": ("Chương trình", ("CTr-UBND",), 30),
    "BC": ("Báo cáo", ("BC-UBND",), 600),
    "TB": ("Thông báo", ("TB-UBND",), 400),
    "CT": ("Chỉ thị", ("CT-UBND",), 15),
    "CV": ("Công văn", ("UBND-NC", "UBND-VP", "UBND-KSTTHC"), 3200),
}
_CENTRAL = (
    ("Nghị quyết", "30c/NQ-CP", date(2011, 11, 8), "Chính phủ"),
    ("Nghị định", "61/2018/NĐ-CP", date(2018, 4, 23), "Chính phủ"),
    ("Nghị quyết", "76/NQ-CP", date(2021, 7, 15), "Chính phủ"),
    ("Nghị định", "107/2021/NĐ-CP", date(2021, 12, 6), "Chính phủ"),
    ("Quyết định", "468/QĐ-TTg", date(2021, 3, 27), "Thủ tướng Chính phủ"),
    ("Quyết định", "06/QĐ-TTg", date(2022, 1, 6), "Thủ tướng Chính phủ"),
    ("Quyết định", "766/QĐ-TTg", date(2022, 6, 23), "Thủ tướng Chính phủ"),
    ("Quyết định", "876/QĐ-BNV", date(2022, 11, 10), "Bộ Nội vụ"),
    ("Chỉ thị", "26/CT-TTg", date(2016, 9, 5), "Thủ tướng Chính phủ"),
)
_INDICATORS = {
    "PAR INDEX": "Chỉ số cải cách hành chính (PAR INDEX)",
    "SIPAS": "Chỉ số hài lòng về sự phục vụ hành chính (SIPAS)",
    "PAPI": "Chỉ số hiệu quả quản trị và hành chính công (PAPI)",
    "PCI": "Chỉ số năng lực cạnh tranh cấp tỉnh (PCI)",
    "ICT Index": "Chỉ số sẵn sàng cho phát triển và ứng dụng công nghệ thông tin (ICT Index)",
    "DDCI": "Chỉ số năng lực cạnh tranh sở, ngành và địa phương (DDCI)",
    "DTI": "Chỉ số chuyển đổi số (DTI)",
}


def day_text(day: date, rng: Random) -> str:
    """A day as officials print it: 20/01/2020, 5/1/2020 or 20 tháng 01 năm 2020."""
    form = rng.random()
    if form < 0.5:
        return f"{day:%d/%m/%Y}"
    if form < 0.75:
        return f"{day.day}/{day.month}/{day.year}"
    return f"{day.day} tháng {day.month} năm {day.year}"


def number_text(value: int) -> str:
    """An amount with the Vietnamese thousands point: 1.250."""
    return f"{value:,}".replace(",", ".")


class Writer:
    """Writes one text about one place on one day; `act` is the document it announces, if any."""

    def __init__(self, rng: Random, seat: Seat, made: datetime, act: TruthAct | None = None) -> None:
        self.rng = rng
        self.seat = seat
        self.made = made
        self.act = act
        self.act_used = False
        self.cited: dict[str, TruthAct] = {}
        self.plan_year = made.year + (made.month >= 11)
        self.lower = rng.choice(lower_units(seat))
        self._words = words(seat)
        self._slots: dict[str, Callable[[], str]] = {
            "doc": self._document,
            "cite": self._cite,
            "period": self._period,
            "indicators": self._indicators,
            "act": self._act,
            "act_of": lambda: f"{self._act()} ngày {day_text(self._act_date(), self.rng)}",
            "act_day": lambda: f"Ngày {day_text(self._act_date(), self.rng)}",
            "act_day_low": lambda: f"ngày {day_text(self._act_date(), self.rng)}",
            "event": self._event,
            "event_day": lambda: f"ngày {self._some_day():%d/%m/%Y}",
            "lower": lambda: self.lower,
            "ublower": self._lower_authority,
            "year": lambda: str(self.plan_year),
            "this_year": lambda: str(made.year),
            "last_year": lambda: str(made.year - 1),
        }

    def write(self, frame: str) -> str:
        """One frame filled in."""
        while "[" in frame:
            frame = _CHOICE.sub(lambda m: self.rng.choice(m[1].split("|")), frame)
        return _SLOT.sub(self._fill, frame)

    def _fill(self, match: re.Match[str]) -> str:
        capital, name, low, high = match.groups()
        if low:
            return self._amount(name, int(low), int(high))
        slot = self._slots.get(name)
        text = slot() if slot else self._words[name]
        return text[0].upper() + text[1:] if capital else text

    def _amount(self, name: str, low: int, high: int) -> str:
        if name == "n":
            return number_text(self.rng.randint(low, high))
        whole = self.rng.randint(low, high)
        part = self.rng.randint(0, 9) if whole < high else 0
        return f"{whole},{part}%" if part else f"{whole}%"

    def _document(self) -> str:
        return self.act.type.lower() if self.act else "kế hoạch"

    def _act_date(self) -> date:
        self.act_used = True
        return (self.act.date if self.act else None) or self.made.date()

    def _act(self) -> str:
        if self.act is None:
            return "văn bản"
        self.act_used = True
        return f"{self.act.type} số {self._printed(self.act.number)}"

    def _printed(self, number: str) -> str:
        chance = self.rng.random()
        if chance < 0.03:
            return number.replace("/", " /", 1)
        if chance < 0.05:
            return number.replace("-", "- ", 1)
        return number.replace("QĐ", "QÐ") if chance < 0.07 else number

    def _period(self) -> str:
        old, new = ((2016, 2020), (2016, 2020)), ((2021, 2025), (2021, 2030))
        first, last = self.rng.choice(new if self.plan_year > 2020 else old)
        return f"giai đoạn {first}{self.rng.choice((' - ', ' - ', '-', ' – '))}{last}"

    def _indicators(self) -> str:
        chosen = self.rng.sample(list(_INDICATORS.values()), self.rng.randint(2, 4))
        return ", ".join(chosen[:-1]) + " và " + chosen[-1]

    def _cite(self) -> str:
        if self.seat.level == "province" or self.rng.random() < 0.5:
            kind, number, day, issuer = self.rng.choice([c for c in _CENTRAL if c[2] < self.made.date()])
        else:
            kind, number, day, issuer = self._local()
        self.cited.setdefault(number, TruthAct(kind, number, day))
        return f"{kind} số {number} ngày {self._plain_day(day)} của {issuer}"

    def _local(self) -> tuple[str, str, date, str]:
        day = self.made.date() - timedelta(days=self.rng.randint(25, 700))
        above = self.seat.district if self.seat.commune and self.seat.district else f"tỉnh {self.seat.province}"
        kind, name = split(above)
        if self.rng.random() < 0.25:
            symbol, party = PARTY[kind]
            return "Chương trình hành động", f"{self.rng.randint(2, 60):02d}-CTr/{symbol}", day, f"{party} {name}"
        kind, symbol = self.rng.choice((("Quyết định", "QĐ-UBND"), ("Kế hoạch", "KH-UBND")))
        return kind, f"{self.rng.randint(11, 4800)}/{symbol}", day, f"UBND {above}"

    def _plain_day(self, day: date) -> str:
        return f"{day:%d/%m/%Y}" if self.rng.random() < 0.7 else f"{day.day}/{day.month}/{day.year}"

    def _some_day(self) -> date:
        return self.made.date() - timedelta(days=self.rng.randint(0, 2))

    def _event(self) -> str:
        day, chance = self._some_day(), self.rng.random()
        if chance < 0.35:
            return f"{self.rng.choice(('Sáng ngày', 'Chiều ngày', 'Ngày'))} {day.day}/{day.month}"
        return f"{self.rng.choice(('Sáng ngày', 'Chiều ngày', 'Ngày'))} {day_text(day, self.rng)}"

    def _lower_authority(self) -> str:
        return f"Ban Nhân dân {self.lower}" if self.seat.level == "commune" else f"UBND {self.lower}"


def new_act(symbol: str, seat: Seat, made: datetime, rng: Random) -> TruthAct:
    """An act of the portal's own authority, signed some days before it is announced."""
    kind, symbols, highest = ACTS[symbol]
    number = rng.randint(1, highest)
    shown = f"{number:02d}" if rng.random() < 0.7 else str(number)
    day = made.date() - timedelta(days=rng.randint(1, 18))
    return TruthAct(kind, f"{shown}/{rng.choice(symbols)}", day, f"UBND {seat.place}")
