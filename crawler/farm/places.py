"""The places simulated portals speak for, and how each calls its own offices."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from crawler.farm.chance import stream

HERE = Path(__file__).parent

_SEATS = (
    ("Quảng Nam", "huyện Quế Sơn", None),
    ("Bình Định", "thị xã Hoài Nhơn", "phường Tam Quan"),
    ("Hà Tĩnh", "huyện Hương Sơn", None),
    ("Đồng Tháp", None, None),
    ("Kon Tum", None, None),
    ("Tây Ninh", None, None),
    ("Hải Dương", "thị xã Kinh Môn", None),
)


@dataclass(frozen=True, slots=True)
class Seat:
    """One place: `province` is bare, `district` and `commune` carry their kind ("huyện Quế Sơn")."""

    province: str
    district: str | None = None
    commune: str | None = None

    @property
    def level(self) -> str:
        """The level of the authority: province, district or commune."""
        return "commune" if self.commune else "district" if self.district else "province"

    @property
    def place(self) -> str:
        """The place with its kind: "huyện Quế Sơn"."""
        return self.commune or self.district or f"tỉnh {self.province}"

    @property
    def kind(self) -> str:
        """The kind alone: tỉnh, huyện, thị xã, thành phố, xã, phường, thị trấn."""
        return split(self.place)[0]

    @property
    def name(self) -> str:
        """The name without its kind: "Quế Sơn"."""
        return split(self.place)[1]


@cache
def split(place: str) -> tuple[str, str]:
    """A place as (kind, name): "thị xã Hoài Nhơn" is ("thị xã", "Hoài Nhơn")."""
    words = place.split(" ")
    cut = next(number for number, word in enumerate(words) if word[0].isupper())
    return " ".join(words[:cut]), " ".join(words[cut:])


@cache
def _tree() -> dict[str, dict[str, list[str]]]:
    data = tomllib.loads((HERE / "places.toml").read_text("utf-8"))
    return {p["name"]: {d["name"]: d["communes"] for d in p["district"]} for p in data["province"]}


@cache
def lower_units(seat: Seat) -> list[str]:
    """The units below a place: districts of a province, communes of a district, hamlets of a commune."""
    tree = _tree()
    if seat.commune:
        word = "thôn" if seat.kind == "xã" else "khu phố"
        return [f"{word} {number}" for number in range(1, 9)]
    if seat.district:
        return tree[seat.province][seat.district]
    return list(tree[seat.province])


@cache
def _all_seats() -> tuple[Seat, ...]:
    tree = _tree()
    provinces = [Seat(province) for province in tree]
    districts = [Seat(province, district) for province in tree for district in tree[province]]
    communes = [
        Seat(s.province, s.district, commune) for s in districts for commune in tree[s.province][s.district or ""]
    ]
    return tuple(provinces + districts + communes)


def seats(seed: int, count: int) -> list[Seat]:
    """The places of a farm's portals: seven fixed ones first, then others by the seed."""
    fixed = [Seat(*seat) for seat in _SEATS]
    rest = [seat for seat in _all_seats() if seat not in fixed]
    stream(f"{seed}/seats").shuffle(rest)
    times = 1 + max(0, count - len(fixed)) // len(rest)
    return (fixed + rest * times)[:count]


_OFFICES = {
    "province": ("Sở Nội vụ", "Trung tâm Phục vụ hành chính công {cap}", "Văn phòng UBND {cap}", "các sở, ban, ngành"),
    "district": (
        "Phòng Nội vụ {cap}",
        "Bộ phận Một cửa {cap}",
        "Văn phòng HĐND và UBND {cap}",
        "các phòng, ban chuyên môn",
    ),
    "commune": (
        "công chức Văn phòng - Thống kê",
        "Bộ phận Tiếp nhận và Trả kết quả {cap}",
        "Văn phòng UBND {cap}",
        "các bộ phận chuyên môn",
    ),
}
_BELOW = {
    "tỉnh": "các huyện, thị xã, thành phố",
    "huyện": "các xã, thị trấn",
    "thị xã": "các xã, phường",
    "thành phố": "các xã, phường",
    "xã": "các thôn",
    "phường": "các khu phố",
    "thị trấn": "các tổ dân phố",
}
PARTY = {
    "tỉnh": ("TU", "Tỉnh ủy"),
    "huyện": ("HU", "Huyện ủy"),
    "thị xã": ("TU", "Thị ủy"),
    "thành phố": ("TU", "Thành ủy"),
}


@cache
def words(seat: Seat) -> dict[str, str]:
    """What a portal calls itself and its offices, by the names used in the frames."""
    cap = seat.kind
    noi_vu, mot_cua, van_phong, donvi = (text.format(cap=cap) for text in _OFFICES[seat.level])
    below = _BELOW[cap]
    return {
        "cap": cap,
        "CAP": f"{cap} {seat.name}".upper(),
        "name": seat.name,
        "place": seat.place,
        "ub": f"UBND {cap}",
        "ub_place": f"UBND {seat.place}",
        "ub_full": f"Ủy ban nhân dân {seat.place}",
        "dia_ban": "trên địa bàn" if seat.level == "commune" else f"trên địa bàn {cap}",
        "duoi": below,
        "ubduoi": below if seat.level == "commune" else f"UBND {below}",
        "donvi": donvi,
        "noi_vu": noi_vu,
        "noivu": noi_vu,
        "mot_cua": mot_cua,
        "van_phong": van_phong,
    }
