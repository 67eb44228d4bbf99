"""What stands around the articles: styles, scripts, menus, sidebars, statistics, footers."""

from functools import cache
from html import escape
from random import Random
from typing import TYPE_CHECKING

from crawler.farm.chance import stream
from crawler.farm.newsroom import SECTIONS
from crawler.farm.sheets import sheet
from crawler.farm.stories import Story
from crawler.farm.texts import slugify

if TYPE_CHECKING:
    from crawler.farm.site import Site

MENU = {
    "Giới thiệu": ("Tổng quan", "Lịch sử hình thành", "Điều kiện tự nhiên", "Cơ cấu tổ chức", "Chức năng, nhiệm vụ",
                   "Danh bạ điện thoại", "Bản đồ hành chính", "Di tích, danh thắng"),
    "Chỉ đạo điều hành": ("Lịch công tác tuần", "Thông báo kết luận", "Giấy mời họp", "Khen thưởng, xử phạt"),
    "Văn bản": ("Văn bản quy phạm pháp luật", "Văn bản chỉ đạo điều hành", "Dự thảo văn bản", "Công báo"),
    "Dịch vụ công": ("Bộ thủ tục", "Tra cứu hồ sơ", "Nộp hồ sơ trực tuyến", "Hỏi đáp", "Phản ánh, kiến nghị"),
    "Công khai thông tin": ("Ngân sách", "Quy hoạch, kế hoạch sử dụng đất", "Dự án đầu tư", "Đấu thầu, mua sắm công",
                            "Thống kê", "Tuyển dụng", "Tiếp công dân", "Chương trình, đề tài khoa học"),
    "Du lịch": ("Điểm đến", "Ẩm thực", "Lưu trú", "Lễ hội"),
}  # fmt: skip
_OUTSIDE = {
    "Cổng thông tin điện tử Chính phủ": "https://chinhphu.vn/",
    "Cổng Dịch vụ công quốc gia": "https://dichvucong.gov.vn/",
    "Cơ sở dữ liệu quốc gia về văn bản pháp luật": "https://vbpl.vn/",
    "Bộ Nội vụ": "https://moha.gov.vn/",
    "Báo Nhân Dân": "https://nhandan.vn/",
    "Quốc hội Việt Nam": "https://quochoi.vn/",
}
_CSS_NAMES = ("menu", "box", "news", "item", "title", "thumb", "left", "right", "wrap", "footer", "banner", "slide",
              "list", "tab", "poll", "video", "link", "search", "logo", "nav", "more", "icon", "row")  # fmt: skip
_CSS_RULES = ("margin:0 0 {n}px", "padding:{n}px", "color:#{h}", "background-color:#{h}", "font-size:{n}px",
              "border:1px solid #{h}", "line-height:{n}px", "float:left", "display:block", "overflow:hidden",
              "text-decoration:none", "max-width:{n}0px", "box-shadow:0 1px {n}px rgba(0,0,0,.2)")  # fmt: skip
_VERBS = ("init", "load", "toggle", "render", "resize", "bind", "update", "open", "close", "scroll", "check", "send")
_NOUNS = ("Menu", "Slider", "Poll", "Comment", "Tab", "Popup", "Search", "Gallery", "Weather", "Rating", "Font")


def blocks(site: "Site") -> dict[str, str]:
    """The chrome of a portal by name: css, script, top, side, foot."""
    rng = stream(f"{site.slug}/chrome/{site.newsroom.plan.seed}")
    size = rng.uniform(1.0, 1.4)
    return {
        "css": f'<style type="text/css">\n{_css(rng, int(230 * size))}</style>',
        "script": sheet("chrome")("script", functions=_functions(rng, int(62 * size))),
        "top": _top(site),
        "side": side(site),
        "foot": _foot(site, rng.randint(10, 200)),
    }


def _css(rng: Random, rules: int) -> str:
    theme = f"{rng.randint(0x10, 0x90):02x}{rng.randint(0x20, 0x50):02x}{rng.randint(0x30, 0xA0):02x}"
    lines = [sheet("chrome").raw("css").replace("THEME", theme)]
    for _ in range(rules):
        chosen = rng.sample(_CSS_RULES, 4)
        body = ";".join(rule.format(n=rng.randint(1, 40), h=f"{rng.randrange(1 << 24):06x}") for rule in chosen)
        lines.append(f".{'-'.join(rng.sample(_CSS_NAMES, 3))} .{rng.choice(_CSS_NAMES)}-{rng.randint(1, 9)}{{{body}}}")
    return "\n".join(lines) + "\n"


def _functions(rng: Random, count: int) -> str:
    return "\n".join(
        sheet("chrome")(
            "function",
            name=f"{rng.choice(_VERBS)}{rng.choice(_NOUNS)}{number}",
            cls="-".join(rng.sample(_CSS_NAMES, 2)),
            speed=rng.randint(100, 900),
            auto=rng.choice(("true", "false")),
            height=rng.randint(10, 400),
        )
        for number in range(count)
    )


def _entries(site: "Site", part: str, labels: tuple[str, ...]) -> str:
    return "".join(sheet("chrome")(part, url=site.static_path(label), label=label, children="") for label in labels)


def _top(site: "Site") -> str:
    chrome = sheet("chrome")
    sections = "".join(chrome("entry", url=site.section_path(key), label=label) for key, (label, _) in SECTIONS.items())
    items = "".join(
        chrome("menu", url=site.static_path(label), label=label, children=_entries(site, "entry", children))
        for label, children in MENU.items()
    )
    return chrome(
        "top",
        map=site.static_path("Sơ đồ cổng"),
        contact=site.static_path("Liên hệ"),
        name=escape(site.name),
        news=site.section_path("news"),
        reform=site.section_path("reform"),
        sections=sections,
        items=items,
    )


def teasers(site: "Site", stories: list[Story], css: str) -> str:
    """A list of other articles, with days."""
    return "".join(
        sheet("chrome")("teaser", css=css, url=escape(site.path(s)), title=escape(s.title), day=f"{s.made:%d/%m/%Y}")
        for s in stories
    )


def side(site: "Site") -> str:
    """The sidebar: the newest articles, those read most, links; all that later nights change."""
    chrome, shown = sheet("chrome"), site.shown
    popular = [shown[number] for number in (11, 4, 17, 2, 23, 8) if number < len(shown)]
    return chrome(
        "side",
        latest=teasers(site, shown[:9], "teaser-new"),
        popular=teasers(site, popular, "teaser-hot"),
        units="".join(_entries(site, "menu", children) for children in MENU.values()),
        options="".join(chrome("option", url=url, label=label) for label, url in _OUTSIDE.items()),
        outside="".join(chrome("outside", url=url, label=label) for label, url in _OUTSIDE.items()),
    )


def _foot(site: "Site", licence: int) -> str:
    chrome = sheet("chrome")
    columns = "".join(chrome("column", label=label, links=_entries(site, "entry", MENU[label])) for label in MENU)
    return chrome("foot", columns=columns, name=escape(site.name.upper()), place=site.seat.place, licence=licence)


def static_page(site: "Site", label: str) -> str:
    """A menu page that is no article: a heading and a short notice."""
    text = f"Nội dung mục {label} của {site.name} đang được cập nhật."
    return page(f"{label} - {site.name}", sheet("chrome")("notice", heading=label, text=text))


def not_found(site: "Site", path: str) -> str:
    """The portal's own page for an address where nothing is."""
    text = f"Địa chỉ {escape(path[:80])} không tồn tại hoặc đã bị gỡ bỏ."
    inner = sheet("chrome")("notice", heading="Không tìm thấy trang", text=text)
    return page(f"Không tìm thấy trang - {site.name}", inner)


def page(title: str, inner: str, *, head: str = "", attributes: str = "") -> str:
    """A whole page: head, banner, menu, `inner` in the main column, sidebar, footer."""
    return sheet("chrome")("page", title=escape(title), inner=inner, head=head, attributes=attributes)


@cache
def static_slugs() -> dict[str, str]:
    """Menu pages that are no articles: address part to label."""
    labels = [*MENU, *(child for children in MENU.values() for child in children), "Sơ đồ cổng", "Liên hệ"]
    return {slugify(label): label for label in labels}
