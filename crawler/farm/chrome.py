"""What stands around the articles: styles, scripts, menus, sidebars, statistics, footers."""

from functools import cache
from html import escape
from random import Random
from typing import TYPE_CHECKING

from crawler.farm.newsroom import SECTIONS
from crawler.farm.stories import slugify
from crawler.farm.wire import MARK

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
OUTSIDE = (
    ("Cổng thông tin điện tử Chính phủ", "https://chinhphu.vn/"),
    ("Cổng Dịch vụ công quốc gia", "https://dichvucong.gov.vn/"),
    ("Cơ sở dữ liệu quốc gia về văn bản pháp luật", "https://vbpl.vn/"),
    ("Bộ Nội vụ", "https://moha.gov.vn/"),
    ("Báo Nhân Dân", "https://nhandan.vn/"),
    ("Quốc hội Việt Nam", "https://quochoi.vn/"),
)
_CSS_NAMES = ("menu", "box", "news", "item", "title", "thumb", "left", "right", "wrap", "footer", "banner", "slide",
              "list", "tab", "poll", "video", "link", "search", "logo", "nav", "date", "more", "icon", "row")  # fmt: skip
_CSS_RULES = ("margin:0 0 {n}px", "padding:{n}px", "color:#{h}", "background-color:#{h}", "font-size:{n}px",
              "border:1px solid #{h}", "line-height:{n}px", "float:left", "display:block", "overflow:hidden",
              "text-decoration:none", "max-width:{n}0px", "box-shadow:0 1px {n}px rgba(0,0,0,.2)")  # fmt: skip
_BASE_CSS = """*{box-sizing:border-box}body{margin:0;font:15px/1.5 Arial,Tahoma,sans-serif;color:#222;background:#eef1f4}
a{color:#0b4f9c;text-decoration:none}.wrapper{max-width:1180px;margin:0 auto;background:#fff}
.site-banner{background:linear-gradient(100deg,#THEME,#e9b94a);color:#fff;padding:26px 24px;font-size:25px;font-weight:bold;text-transform:uppercase}
.site-banner small{display:block;font-size:14px;font-weight:normal;text-transform:none}
.main-menu{background:#THEME;margin:0;padding:0;list-style:none;display:flex;flex-wrap:wrap}.main-menu li{position:relative;padding:9px 11px}
.main-menu a{color:#fff;font-weight:bold;font-size:13px;text-transform:uppercase}.main-menu ul{display:none;position:absolute}
.topbar{background:#f4f4f4;padding:4px 14px;font-size:12px;color:#666;display:flex;justify-content:space-between}
.columns{display:flex;gap:18px;padding:14px}.main-column{flex:1;min-width:0}.side-column{width:290px;font-size:13px}
.side-box{border:1px solid #ddd;margin-bottom:14px}.side-box h3,.side-box .box-title{background:#THEME;color:#fff;margin:0;padding:7px 10px;font-size:13px;text-transform:uppercase}
.side-box ul{margin:0;padding:8px 10px 8px 24px}.main-column img{max-width:100%;height:auto}.main-column table{border-collapse:collapse;width:100%}
.main-column td{border:1px solid #bbb;padding:4px 8px}.main-column h1{color:#THEME;font-size:23px;line-height:1.3}
.hidden,.d-none{display:none}.pagination,.pager{list-style:none;display:flex;gap:6px;padding:0}.pagination li,.pager a{border:1px solid #ccc;padding:3px 9px}
footer{background:#THEME;color:#fff;padding:18px 24px;font-size:13px}footer a{color:#fff}"""
_VERBS = ("init", "load", "toggle", "render", "resize", "bind", "update", "open", "close", "scroll", "check", "send")
_NOUNS = (
    "Menu",
    "Slider",
    "Poll",
    "Comment",
    "Tab",
    "Popup",
    "Search",
    "Gallery",
    "Captcha",
    "Weather",
    "Rating",
    "Font",
)


def blocks(site: "Site") -> dict[str, str]:
    """The chrome of a portal by name: css, script, top, side, foot; later ones may use earlier ones."""
    rng = Random(f"{site.slug}/chrome/{site.newsroom.plan.seed}")
    size = rng.uniform(1.0, 1.4)
    return {
        "css": f'<style type="text/css">\n{_css(rng, int(230 * size))}</style>',
        "script": f'<script type="text/javascript">\n//<![CDATA[\n{_script(rng, int(62 * size))}//]]>\n</script>',
        "top": _top(site),
        "side": _side(site),
        "foot": _foot(site, rng),
    }


def _css(rng: Random, rules: int) -> str:
    theme = f"{rng.randint(0x10, 0x90):02x}{rng.randint(0x20, 0x50):02x}{rng.randint(0x30, 0xA0):02x}"
    lines = [_BASE_CSS.replace("THEME", theme)]
    for _ in range(rules):
        name = "-".join(rng.sample(_CSS_NAMES, 3))
        body = ";".join(
            r.format(n=rng.randint(1, 40), h=f"{rng.randrange(1 << 24):06x}") for r in rng.sample(_CSS_RULES, 4)
        )
        lines.append(f".{name} .{rng.choice(_CSS_NAMES)}-{rng.randint(1, 9)}{{{body}}}")
    return "\n".join(lines) + "\n"


def _script(rng: Random, functions: int) -> str:
    lines = [
        "var siteConfig = {lang: 'vi', cookiePrefix: 'pt', timezone: 7, loader: '<img src=\"' + base + '/load.gif\" />'};"
    ]
    for number in range(functions):
        name = f"{rng.choice(_VERBS)}{rng.choice(_NOUNS)}{number}"
        cls = "-".join(rng.sample(_CSS_NAMES, 2))
        lines.append(
            f"function {name}(el, opts) {{\n  var box = document.querySelector('.{cls}');\n  if (!box) {{ return false; }}\n"
            f"  opts = opts || {{speed: {rng.randint(100, 900)}, auto: {rng.choice(('true', 'false'))}}};\n"
            f"  box.setAttribute('data-state', el ? 'on' : 'off');\n  window.setTimeout(function () {{ box.className += ' ready'; }}, opts.speed);\n"
            f"  return box.offsetHeight > {rng.randint(10, 400)};\n}}"
        )
    return "\n".join(lines) + "\n"


def _top(site: "Site") -> str:
    sections = "".join(
        f'<li><a href="{site.section_path(key)}" title="{label}">{label}</a></li>'
        for key, (label, _) in SECTIONS.items()
    )
    items = [
        f'<li><a href="/">Trang chủ</a></li><li><a href="{site.section_path("news")}">Tin tức</a><ul class="sub">{sections}</ul></li>'
    ]
    items.append(f'<li><a href="{site.section_path("reform")}">Cải cách hành chính</a></li>')
    for label, children in MENU.items():
        inner = "".join(
            f'<li class="level-2"><a href="{site.static_path(c)}" title="{c}"><span>{c}</span></a></li>'
            for c in children
        )
        items.append(
            f'<li class="level-1"><a href="{site.static_path(label)}">{label}</a><ul class="sub">{inner}</ul></li>'
        )
    return (
        f'<div class="topbar"><span class="date-today current-date">{MARK}clock{MARK}</span>'
        f'<span>Đường dây nóng: 1022 | <a href="{site.static_path("Sơ đồ cổng")}">Sơ đồ cổng</a> | <a href="{site.static_path("Liên hệ")}">Liên hệ</a></span></div>'
        f'<div class="site-banner">{escape(site.name)}<small>Công khai - Minh bạch - Phục vụ người dân và doanh nghiệp</small></div>'
        f'<ul class="main-menu">{"".join(items)}</ul>'
        '<form class="search-box" action="/tim-kiem" method="get"><input type="text" name="q" placeholder="Nhập từ khóa tìm kiếm..." />'
        '<button type="submit">Tìm kiếm</button></form>'
    )


def _teasers(site: "Site", stories: list[int], css: str) -> str:
    shown = [site.shown[number] for number in stories if number < len(site.shown)]
    return "".join(
        f'<li class="{css}"><a href="{escape(site.path(s))}" title="{escape(s.title)}">{escape(s.title)}</a>'
        f" <em>({s.made:%d/%m/%Y})</em></li>"
        for s in shown
    )


def _side(site: "Site") -> str:
    links = "".join(f'<option value="{url}">{name}</option>' for name, url in OUTSIDE)
    outside = "".join(f'<li><a href="{url}" target="_blank" rel="noopener">{name}</a></li>' for name, url in OUTSIDE)
    units = "".join(
        f'<li><a href="{site.static_path(label)}">{label}</a></li>' for group in MENU.values() for label in group
    )
    return (
        f'<div class="side-box"><div class="box-title">Tin mới nhất</div><ul>{_teasers(site, list(range(9)), "teaser-new")}</ul></div>'
        f'<div class="side-box"><div class="box-title">Tin đọc nhiều</div><ul>{_teasers(site, [11, 4, 17, 2, 23, 8], "teaser-hot")}</ul></div>'
        f'<div class="side-box"><div class="box-title">Chuyên mục</div><ul>{units}</ul></div>'
        '<div class="side-box"><div class="box-title">Thăm dò ý kiến</div><form action="#"><p>Bạn đánh giá thế nào về chất lượng giải quyết '
        'thủ tục hành chính?</p><label><input type="radio" name="poll" value="1" /> Rất hài lòng</label> <label><input type="radio" '
        'name="poll" value="2" /> Hài lòng</label> <label><input type="radio" name="poll" value="3" /> Chưa hài lòng</label>'
        '<button type="button">Biểu quyết</button></form></div>'
        f'<div class="side-box"><div class="box-title">Liên kết website</div><select onchange="window.open(this.value)">{links}</select><ul>{outside}</ul></div>'
        f'<div class="side-box statistics"><div class="box-title">Thống kê truy cập</div><ul><li>Đang truy cập: {MARK}online{MARK}</li>'
        f"<li>Hôm nay: {MARK}views:826{MARK}</li><li>Trong tháng: {MARK}views:48789{MARK}</li><li>Tổng lượt: {MARK}views:7056697{MARK}</li></ul></div>"
    )


def _foot(site: "Site", rng: Random) -> str:
    columns = "".join(
        f'<div class="foot-col"><strong>{label}</strong> '
        + " · ".join(f'<a href="{site.static_path(c)}">{c}</a>' for c in children)
        + "</div>"
        for label, children in MENU.items()
    )
    return (
        f'<footer><div class="foot-map">{columns}</div><p><strong>© {escape(site.name.upper())}</strong></p>'
        f"<p>Cơ quan chủ quản: Ủy ban nhân dân {site.seat.place}. Chịu trách nhiệm nội dung: Ban Biên tập.</p>"
        f"<p>Giấy phép số {rng.randint(10, 200)}/GP-TTĐT. Ghi rõ nguồn tin khi phát hành lại thông tin từ trang này.</p>"
        f"<p>Số lượt truy cập: {MARK}views:7056697{MARK} - Trực tuyến: {MARK}online{MARK}</p></footer>"
    )


def static_page(site: "Site", label: str) -> str:
    """A menu page that is no article: a heading and a short notice."""
    text = f"Nội dung mục {label} của {site.name} đang được cập nhật."
    return frame(site, f"{label} - {site.name}", f'<h2 class="page-title">{label}</h2><p>{text}</p>')


def not_found(site: "Site", path: str) -> str:
    """The portal's own page for an address where nothing is."""
    inner = f"<h2>Không tìm thấy trang</h2><p>Địa chỉ {escape(path[:80])} không tồn tại hoặc đã bị gỡ bỏ.</p>"
    return frame(site, f"Không tìm thấy trang - {site.name}", inner)


def frame(site: "Site", title: str, inner: str, *, head: str = "", before: str = "", after: str = "") -> str:
    """A whole page: head, banner, menu, `inner` in the main column, sidebar, footer."""
    return (
        f'<!DOCTYPE html>\n<html lang="vi"><head><meta charset="utf-8" /><title>{escape(title)}</title>\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1" />{head}\n{MARK}css{MARK}\n</head>\n<body>{before}'
        f'<div class="wrapper">{MARK}top{MARK}<div class="columns"><div class="main-column">{inner}</div>'
        f'<div class="side-column">{MARK}side{MARK}</div></div>{MARK}foot{MARK}</div>{after}\n{MARK}script{MARK}</body></html>'
    )


@cache
def static_slugs() -> dict[str, str]:
    """Menu pages that are no articles: address part to label."""
    labels = [*MENU, *(child for children in MENU.values() for child in children), "Sơ đồ cổng", "Liên hệ"]
    return {slugify(label): label for label in labels}
