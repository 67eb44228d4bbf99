"""NukeViet 4: ids at the end of addresses, five printed dates of which four are wrong.

PORTALS.md 1.1 and 5. Only the sitemap's lastmod and the visible date are right.
"""

import re
from datetime import datetime, timedelta
from functools import cached_property
from html import escape

from crawler.farm import chrome, markup
from crawler.farm.newsroom import SECTIONS
from crawler.farm.site import WEEKDAYS, Answer, Ask, Site
from crawler.farm.stories import Story, slugify
from crawler.farm.wire import MARK

XML = "text/xml; charset=utf-8"
_ARTICLE = re.compile(r"^/vi/news/(?:(print|savefile)/)?([a-z0-9-]+)/([a-z0-9-]+)-(\d+)\.html$")
_LISTING = re.compile(r"^/vi/news/([a-z0-9-]+)/(?:page-(\d+)/?)?$")
_SECTION_OF = {slug: key for key, (_, slug) in SECTIONS.items()}


class NukeViet(Site):
    """NukeViet 4.5 with its default theme."""

    family = "nukeviet"
    static_prefix = "/vi/about"
    per_page = 20

    def static_path(self, label: str) -> str:
        return f"/vi/about/{slugify(label)}.html"

    def path(self, story: Story) -> str:
        return f"/vi/news/{SECTIONS[story.section][1]}/{slugify(story.title)}-{self.number(story)}.html"

    def find(self, ask: Ask) -> Story | None:
        match = _ARTICLE.match(ask.path)
        return self.by_number(int(match[4])) if match else None

    def section_path(self, section: str, page: int = 1) -> str:
        return f"/vi/news/{SECTIONS[section][1]}/" + (f"page-{page}/" if page > 1 else "")

    def find_section(self, ask: Ask) -> tuple[str, int] | None:
        match = _LISTING.match(ask.path)
        return (_SECTION_OF[match[1]], int(match[2] or 1)) if match and match[1] in _SECTION_OF else None

    def shown_time(self, story: Story) -> datetime:
        return story.made.replace(second=0)

    @cached_property
    def shown(self) -> list[Story]:
        """Expired articles stay in listings, feeds and sitemap, and answer 404 (PORTALS.md 5)."""
        return sorted(self.newsroom.stories, key=lambda s: (s.made, s.index), reverse=True)

    def extra(self, ask: Ask) -> Answer | None:
        if ask.path in {"/vi", "/vi/", "/vi/news", "/vi/news/"}:
            return self.page(self.home())
        if ask.path == "/robots.txt":
            return self.page(_robots(self), kind="text/plain; charset=utf-8")
        if ask.path.startswith("/sitemap"):
            return self._sitemap(ask.path)
        if ask.path.startswith("/vi/news/rss"):
            return self._feed(ask.path.removeprefix("/vi/news/rss").strip("/"))
        return self._article_extra(ask) or self._listing_extra(ask)

    def _sitemap(self, path: str) -> Answer | None:
        if path == "/sitemap.xml":
            names = ("sitemap-vi.about.xml", "sitemap-vi.news.xml")
            return self.page(markup.sitemap([(self.absolute(f"/{n}"), "") for n in names], index=True), kind=XML)
        if path == "/sitemap-vi.about.xml":
            pages = [(self.absolute(self.static_path(label)), "") for label in chrome.MENU]
            return self.page(markup.sitemap(pages), kind=XML)
        entries = [(self.absolute(self.path(s)), self.shown_time(s).isoformat()) for s in self.shown[:1000]]
        return self.page(markup.sitemap(entries), kind=XML) if path == "/sitemap-vi.news.xml" else None

    def _feed(self, slug: str) -> Answer | None:
        if slug and slug not in _SECTION_OF:
            return None
        stories = [s for s in self.shown if not slug or SECTIONS[s.section][1] == slug]
        return self.page(markup.feed(self, self.name, stories[:30], _pub_date), kind=XML)

    def _article_extra(self, ask: Ask) -> Answer | None:
        match, story = _ARTICLE.match(ask.path), self.find(ask)
        if match is None or story is None or story.removed:
            return None
        if ask.query.get("download") == "1":
            position = int(ask.query.get("id", "0"))
            documents = story.text.documents
            return self.redirect(self.file_path(story, documents[position]), 302) if position < len(documents) else None
        if match[1]:
            return self.page(_print_page(self, story))
        return None if ask.path == self.path(story) else self.redirect(self.path(story))

    def _listing_extra(self, ask: Ask) -> Answer | None:
        match = _LISTING.match(ask.path)
        if match is None:
            return None
        if match[1] not in _SECTION_OF:
            return self.redirect("/vi/news/", 302)
        section = _SECTION_OF[match[1]]
        return (
            self.redirect(self.section_path(section), 302) if int(match[2] or 1) > self.slice(section, 1)[1] else None
        )

    def home(self) -> str:
        parts = []
        for key, (label, _) in SECTIONS.items():
            items = "".join(_teaser(self, story, dated=False) for story in self.by_section[key][:4])
            parts.append(
                f'<div class="news_column"><h3><a href="{self.section_path(key)}">{label}</a></h3>{items}</div>'
            )
        return _frame(self, self.name, "".join(parts))

    def listing(self, section: str, page: int) -> str:
        label = SECTIONS[section][0]
        stories, pages = self.slice(section, page)
        dated = section != "news"
        items = "".join(_teaser(self, story, dated=dated) for story in stories)
        inner = f'<h1 class="hidden d-none">{label}</h1><div class="news_column">{items}</div>{_pager(self, section, page, pages)}'
        return _frame(self, f"{label} - {self.name}", inner)

    def article(self, story: Story) -> str:
        made, url = self.shown_time(story), self.absolute(self.path(story))
        edited = made + timedelta(days=self.number(story) % 9, minutes=37)
        head = (
            f'<meta name="generator" content="NukeViet v4.5" /><meta property="og:title" content="{escape(story.title)}" />'
            f'<meta property="og:type" content="article" /><meta property="og:url" content="{url}" />'
            f'<meta property="article:published_time" content="{made:%Y-%m-%d}+07{made:%H:%M:%S}" />'
            f'<meta property="article:section" content="{self.category(story)}" /><link rel="canonical" href="{url}" />'
            f'<link rel="alternate" type="application/rss+xml" title="{self.name}" href="/vi/news/rss/" />'
        )
        return _frame(
            self, f"{story.title} - {self.name}", _article(self, story, edited) + _related(self, story), head=head
        )


def _frame(site: NukeViet, title: str, inner: str, head: str = "") -> str:
    head = head or '<meta name="generator" content="NukeViet v4.5" />'
    scripts = '<script src="/themes/default/js/main.js"></script><script>var nv_base_siteurl="/",nv_lang_data="vi",nv_name_variable="nv";</script>'
    return chrome.frame(site, title, inner, head=head + scripts)


def _teaser(site: NukeViet, story: Story, *, dated: bool) -> str:
    link = f'href="{site.path(story)}" title="{escape(story.title)}"'
    if not dated:
        return (
            f'<div class="panel-body"><ul class="related"><li><h4><a {link} data-content="{escape(story.text.summary)}" '
            f'data-rel="tooltip">{escape(story.title)}</a></h4></li></ul></div>'
        )
    return (
        f'<div class="panel panel-default"><div class="panel-body"><a {link}><img alt="{escape(story.title)}" '
        f'src="{markup.picture(site, story)}" width="100" class="img-thumbnail pull-left imghome" /></a><h3><a {link}>{escape(story.title)}</a></h3>'
        f'<div class="text-muted"><ul class="list-unstyled list-inline"><li><em class="fa fa-clock-o">&nbsp;</em> {story.made:%d/%m/%Y %H:%M}:00</li>'
        f'<li><em class="fa fa-eye">&nbsp;</em> Đã xem: {MARK}views:{story.index}{MARK}</li></ul></div>{escape(story.text.summary)}</div></div>'
    )


def _pager(site: NukeViet, section: str, page: int, pages: int) -> str:
    if pages == 1:
        return ""
    items = []
    for number in range(1, pages + 1):
        rel = ' rel="next"' if number == page + 1 else ' rel="prev"' if number == page - 1 else ""
        link = f'<a{rel} href="{site.section_path(section, number)}">{number}</a>'
        items.append(
            '<li class="active"><a href="javascript:void(0)">' + f"{number}</a></li>"
            if number == page
            else f"<li>{link}</li>"
        )
    if page < pages:
        items.append(
            f'<li><a rel="next" title="Trang {page + 1}" href="{site.section_path(section, page + 1)}">&raquo;</a></li>'
        )
    return f'<div class="text-center"><ul class="pagination">{"".join(items)}</ul></div>'


def _article(site: NukeViet, story: Story, edited: datetime) -> str:
    text, made = story.text, site.shown_time(story)
    files = "".join(
        f'<li class="list-group-item"><a href="{site.file_path(story, d)}" title="{escape(d.name)}">{escape(d.name)}</a> '
        f'<a class="pull-right" href="{site.path(story)}?download=1&amp;id={n}" title="Tải về"><em class="fa fa-download"></em></a></li>'
        for n, d in enumerate(text.documents)
    )
    attached = (
        f'<div class="news-download-file"><div class="h4">File đính kèm</div><ul class="list-group">{files}</ul></div>'
        if files
        else ""
    )
    signed = f'<p class="h5 text-right"><strong>Tác giả: </strong>{escape(text.author)}</p>' if text.author else ""
    signed += f'<p class="h5 text-right"><strong>Nguồn tin: </strong>{escape(text.source)}</p>' if text.source else ""
    return (
        '<div class="news_column panel panel-default" itemtype="http://schema.org/NewsArticle" itemscope><div class="panel-body">'
        f'<h1 class="title margin-bottom-lg" itemprop="headline">{escape(story.title)}</h1>'
        f'<span class="hidden hide d-none" itemprop="datePublished">{edited.isoformat()}</span>'
        f'<span class="hidden hide d-none" itemprop="dateModified">{edited.isoformat()}</span>'
        f'<span class="hidden d-none" itemprop="alternativeHeadline">{escape(story.title)}</span>'
        f'<div class="row margin-bottom-lg"><div class="col-md-12"><span class="h5">{WEEKDAYS[made.weekday()]} - {made:%d/%m/%Y %H:%M}</span></div>'
        f'<ul class="list-inline text-right"><li><a rel="nofollow" title="In ra" href="{site.path(story).replace("/vi/news/", "/vi/news/print/")}">'
        '<em class="fa fa-print">&nbsp;</em></a></li></ul></div>'
        f'<div class="clearfix"><div class="hometext m-bottom" itemprop="description">{markup.text(text.summary)}</div></div>'
        f'<div id="news-bodyhtml" class="bodytext margin-bottom-lg">\n{markup.body(site, story, paragraph=_PARAGRAPH)}\n</div>'
        f'{attached}<div class="margin-bottom-lg">{signed}</div></div></div>{_RATING}'
    )


_PARAGRAPH = '<div style="text-align: justify;">{}</div><div>&nbsp;</div>'
_RATING = (
    '<div class="news_column panel panel-default"><div class="panel-body"><form id="form3B" action=""><p id="stringrating">'
    f"Tổng số điểm của bài viết là: {MARK}views:0{MARK} trong {MARK}online{MARK} đánh giá</p>"
    '<span id="hover-test">Click để đánh giá bài viết</span></form></div></div><div id="idcomment" class="nv-fullbg">'
    '<p class="comment-title">Ý kiến bạn đọc</p><textarea name="content" rows="4"></textarea><button>Gửi bình luận</button></div>'
)


def _related(site: NukeViet, story: Story) -> str:
    same = site.by_section[story.section]
    place = same.index(story) if story in same else 0
    lists = (("Những tin mới hơn", same[max(0, place - 4) : place]), ("Những tin cũ hơn", same[place + 1 : place + 5]))
    parts = []
    for heading, stories in lists:
        rows = "".join(
            f'<li><h4><a href="{site.path(s)}" title="{escape(s.title)}" data-content="{escape(s.text.summary)}">{escape(s.title)}</a></h4>'
            f" <em>({s.made:%d/%m/%Y})</em></li>"
            for s in stories
        )
        parts.append(
            f'<p class="h3"><strong>{heading}</strong></p><ul class="detail-related related list-none list-items">{rows}</ul>'
        )
    return (
        f'<div class="news_column panel panel-default"><div class="panel-body other-news">{"".join(parts)}</div></div>'
    )


def _print_page(site: NukeViet, story: Story) -> str:
    return (
        f'<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8" /><title>{escape(story.title)}</title>'
        f'<meta name="robots" content="noindex" /></head><body><div id="print"><strong>{site.url}</strong><h1>{escape(story.title)}</h1>'
        f'<p>{story.made:%d/%m/%Y %H:%M}</p><div id="hometext">{escape(story.text.summary)}</div>'
        f'<div class="bodytext">{markup.body(site, story)}</div></div></body></html>'
    )


def _pub_date(moment: datetime) -> str:
    utc = moment - timedelta(hours=7)
    return f"{utc:%a, %d %b %Y %H}:{utc:%m}:00 GMT"


def _robots(site: NukeViet) -> str:
    closed = "admin data includes install modules users statistics".split()
    return (
        "User-agent: *\n"
        + "".join(f"Disallow: /{name}/\n" for name in closed)
        + f"Sitemap: {site.absolute('/sitemap.xml')}\n"
    )
