"""VHV CMS: slugs as identity, the title and date repeated in the body, no feed, no sitemap.

PORTALS.md 1.2. Unknown addresses answer 200 with a notice (a soft 404).
"""

from functools import cached_property
from html import escape

from archive.records import Precision
from crawler.farm import chrome, markup
from crawler.farm.newsroom import SECTIONS
from crawler.farm.site import WEEKDAYS, Answer, Ask, Site
from crawler.farm.stories import Story, slugify
from crawler.farm.wire import MARK

_SECTION_OF = {slug: key for key, (_, slug) in SECTIONS.items()}


class Vhv(Site):
    """VHV CMS as the portals of one province have it; every second portal prints seconds."""

    family = "vhv"
    per_page = 12
    validates = True

    @property
    def precise(self) -> bool:
        """Whether the visible date has seconds: "13:07:13 | 27/12/2019"."""
        return self.variant % 2 == 0

    def precision_of(self, story: Story) -> Precision:
        return Precision.SECOND if self.precise else Precision.MINUTE

    @cached_property
    def slugs(self) -> dict[str, Story]:
        """Address part to story; the second of one title gets a number."""
        taken: dict[str, Story] = {}
        for story in self.newsroom.stories:
            slug = slugify(story.title)
            taken[slug if slug not in taken else f"{slug}-{story.index}"] = story
        return taken

    @cached_property
    def _slug_of(self) -> dict[int, str]:
        return {story.index: slug for slug, story in self.slugs.items()}

    def refresh(self) -> None:
        super().refresh()
        self.__dict__.pop("slugs", None)
        self.__dict__.pop("_slug_of", None)

    def path(self, story: Story) -> str:
        return f"/{SECTIONS[story.section][1]}/{self._slug_of[story.index]}.html"

    def find(self, ask: Ask) -> Story | None:
        section, _, name = ask.path.strip("/").partition("/")
        story = self.slugs.get(name.removesuffix(".html")) if name.endswith(".html") else None
        return story if story and SECTIONS[story.section][1] == section else None

    def section_path(self, section: str, page: int = 1) -> str:
        return f"/{SECTIONS[section][1]}" + (f"?page={page}" if page > 1 else "")

    def find_section(self, ask: Ask) -> tuple[str, int] | None:
        key, page = _SECTION_OF.get(ask.path.strip("/")), ask.query.get("page", "1")
        return (key, int(page)) if key and page.isdigit() else None

    def extra(self, ask: Ask) -> Answer | None:
        if ask.path == "/robots.txt":
            return self.page("User-agent: *\nAllow: /\n", kind="text/plain")
        if ask.query.get("page") == "Article.Print.detail":
            story = self.by_number(int(ask.query.get("id", "0")[-8:], 16))
            return self.page(_print_page(self, story)) if story and not story.removed else None
        return self.page("Not Found", status=404, kind="text/html") if ask.path.endswith((".xml", "/rss")) else None

    def missing(self, ask: Ask) -> Answer:
        inner = '<div class="alert alert-warning">Nội dung bạn yêu cầu không tồn tại hoặc đã bị xóa.</div>'
        return self.page(_frame(self, self.name, inner))

    def author(self, story: Story) -> str:
        return ""

    def home(self) -> str:
        parts = []
        for key, (label, _) in SECTIONS.items():
            items = "".join(_teaser(self, story) for story in self.by_section[key][:5])
            parts.append(
                f'<section class="box-news"><h2 class="box-title"><a href="{self.section_path(key)}">{label}</a></h2>{items}</section>'
            )
        return _frame(self, self.name, "".join(parts))

    def listing(self, section: str, page: int) -> str:
        label = SECTIONS[section][0]
        stories, pages = self.slice(section, page)
        items = "".join(_teaser(self, story) for story in stories)
        inner = f'<h2 class="category-title">{label}</h2><div class="list-article">{items}</div>{_pager(self, section, page, pages)}'
        return _frame(self, f"{label} | {self.name}", inner)

    def article(self, story: Story) -> str:
        head = (
            f'<meta property="og:title" content="{escape(story.title)}" /><meta property="og:url" content="{self.absolute(self.path(story))}" />'
            f'<meta name="description" content="{escape(story.text.summary)}" />'
        )
        return _frame(self, f"{story.title} | {self.name}", _article(self, story), head)


def _frame(site: Vhv, title: str, inner: str, head: str = "") -> str:
    head += '<meta name="copyright" content="VHV CMS" /><link rel="stylesheet" href="/publish/css/VHV.min.css" />'
    head += (
        f"<script>var siteId = {2005000 + site.start_id % 900}, VHV = {{App: {{site: siteId, lang: 'vi'}}}};</script>"
    )
    return chrome.frame(site, title, inner, head=head)


def _date(site: Vhv, story: Story) -> str:
    made = story.made
    if site.precise:
        return f"{made:%H:%M:%S} | {made:%d/%m/%Y}"
    return f"{WEEKDAYS[made.weekday()]}, {made:%d/%m/%Y} | {made:%H:%M}"


def _teaser(site: Vhv, story: Story) -> str:
    image = f"/publish/thumbnail/{2005000 + site.start_id % 900}/230x150xfill/upload/{story.made:%Y%m%d}/anh-{site.number(story)}.jpg"
    return (
        f'<article class="article-news common-item"><a class="article-image" href="{site.path(story)}"><img src="{image}" alt="{escape(story.title)}" /></a>'
        f'<a class="article-title common-title" href="{site.path(story)}" title="{escape(story.title)}">{escape(story.title)}</a>'
        f'<span class="article-date">{story.made:%d/%m/%Y %H:%M}</span><div class="article-brief common-brief">{escape(story.text.summary)}</div></article>'
    )


def _pager(site: Vhv, section: str, page: int, pages: int) -> str:
    if pages == 1:
        return ""
    numbers = "".join(
        f'<a class="{"page-active" if number == page else "page-item"}" href="{site.section_path(section, number)}">{number}</a>'
        for number in range(max(1, page - 3), min(pages, page + 3) + 1)
    )
    following = (
        f'<a class="next-pages" href="{site.section_path(section, page + 1)}" title="Trang sau">&rsaquo;</a>'
        if page < pages
        else ""
    )
    return f'<div class="wrapper-pagination"><div class="pagination">{numbers}{following}</div></div>'


def _article(site: Vhv, story: Story) -> str:
    text, number = story.text, site.number(story)
    files = "".join(
        f'<li><a class="link-file" href="{site.file_path(story, d)}" target="_blank">{escape(d.name)}</a></li>'
        for d in text.documents
    )
    attached = f'<div class="attach-file"><div class="attach-title">Tập tin đính kèm</div><ul>{files}</ul></div>'
    source = f'<p class="article-source">Nguồn: {escape(text.source)}</p>' if text.source else ""
    return (
        f'<ul class="breadcrumb"><li><a href="/">Trang chủ</a></li><li><a href="{site.section_path(story.section)}">{site.category(story)}</a></li></ul>'
        f'<article id="article{number}" class="article-detail" itemscope itemtype="http://schema.org/NewsArticle">'
        f'<meta itemprop="datePublished" content="{story.made.isoformat()}" /><meta itemprop="headline" content="{escape(story.title)}" />'
        f'<h1 class="title-detail">{escape(story.title)}</h1><div class="article-tools">A- A A+ | <a href="#">Tăng tương phản</a> <a href="#">Giảm tương phản</a></div>'
        f'<span class="post-date">{_date(site, story)}</span><div class="article-brief">{markup.text(text.summary)}</div>'
        f'<div class="article-content common-content"><h2 class="title-detail">{escape(story.title)}</h2><span class="post-date">{_date(site, story)}</span>'
        f"{markup.body(site, story)}</div>{source}{attached}"
        f'<div class="social"><a href="#">Chia sẻ</a> <a href="/?page=Article.Print.detail&amp;id={number:024x}">In bài</a></div>'
        f'<div class="rating"><p id="stringrating{number}">Tổng số điểm của bài viết là: {MARK}views:0{MARK} trong {MARK}online{MARK} đánh giá</p>'
        '<span>Click để đánh giá bài viết</span></div><div class="comment"><h4>Bình luận</h4><textarea></textarea><button>Gửi</button></div>'
        f'<div class="tags">Từ khóa: <a href="/tag/cai-cach">cải cách</a>, <a href="/tag/thu-tuc">thủ tục</a></div></article>{_related(site, story)}'
    )


def _related(site: Vhv, story: Story) -> str:
    others = [s for s in site.by_section[story.section] if s is not story]
    start = story.index % max(1, len(others) - 6)
    rows = "".join(
        f'<li><a class="article-title" href="{site.path(s)}">{escape(s.title)}</a> <span class="article-date">({s.made:%d/%m/%Y})</span></li>'
        for s in others[start : start + 6]
    )
    return f'<div class="relatedArticles"><h3>Tin liên quan</h3><ul>{rows}</ul></div>'


def _print_page(site: Vhv, story: Story) -> str:
    return (
        f'<!DOCTYPE html><html><head><meta charset="utf-8" /><title>{escape(story.title)}</title></head><body onload="window.print()">'
        f"<h1>{escape(story.title)}</h1><div>{_date(site, story)}</div>{markup.body(site, story)}</body></html>"
    )
