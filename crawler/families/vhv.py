"""VHV CMS: Bình Định and Gia Lai with their districts and communes, ministries (PORTALS.md 1.2)."""

from typing import ClassVar

from crawler.family import Ask, Family, Mark
from crawler.page import Page, attribute, find_all
from crawler.paging import posted, sent_fields
from crawler.scripted import values


class Vhv(Family, key="vhv"):
    """Toolbar, rating and related articles stand beside or inside the content element, by class name."""

    selectors: ClassVar[dict[str, str]] = {
        "article": "article[itemtype$=NewsArticle] || .article-detail || .new-detail-layout-type-2",
        "title": "h1.title-detail || h1[itemprop=headline] || h1",
        "summary": ".article-brief || .common-brief",
        "date": ".post-date",
        "body": ".article-content || .common-content || .new-detail-layout-type-2",
        "drop": "[class*=social], [class*=rating], [class*=comment], [class*=related], [class*=tags], [class*=attach], "
        "[class*=toolbar], [class*=tool-bar], [class*=font-size], [class*=contrast], [id^=stringrating], "
        "h1.title-detail, h2.title-detail, .post-date",
        "author": ".article-author || .author",
        "source": ".article-source || .source",
        "attachment": "[class*=attach] a[href] || [class*=dinh-kem] a[href] || .download-file a[href]",
        "item": "article.article-news || .item-new || .article-item || .article-list li || .item || a.article-title",
        "link": "a.article-title || h3 a[href] || a[href]",
        "item_date": ".article-date || .post-date || .date",
        "item_summary": ".article-brief || .common-brief",
        "next": ".wrapper-pagination a.next-pages[href] || a.next-pages[href]",
        "pager": ".wrapper-pagination || .pagination",
    }
    dates = ("page", "meta", "listing", "feed", "sitemap")
    marks = (
        Mark(
            r'class="[^"]*\b(?:article-title common-title|title-detail)\b', 0.6, "classes article-title, title-detail"
        ),
        Mark(
            r"page=Article\.(?:Print|News)|module=Content\.Listing",
            0.7,
            "addresses of VHV modules (Article.…, Content.…)",
        ),
        Mark(r"/publish/thumbnail/\d+/", 0.6, "pictures below /publish/thumbnail/<site>/"),
        Mark(
            r"""\bVHV(?:\.(?:App|load|using|min\.)|\s*=\s*\{)|content=["']VHV CMS""",
            0.6,
            "VHV's name in its head or scripts",
        ),
        Mark(r'id="article\d+"|id="stringrating\d+"', 0.4, "numbered article and rating elements"),
        Mark(r"Tăng tương phản\W+(?:<[^>]+>\s*)*Giảm tương phản", 0.2, 'the toolbar "Tăng tương phản Giảm tương phản"'),
        Mark(r'class="[^"]*\b(?:next-pages|wrapper-pagination)\b', 0.5, "the pager .wrapper-pagination"),
    )
    articles = r"^/(?!chuyen-muc-)[^/?]+/(?:[^/?]+/)*[^/?]+\.html(?:\?|$)"
    sections = r"^/(?:tin-tuc|chuyen-muc-[\w-]+\.html)(?:/[\w-]+)?$"
    prints = r"[?&]page=Article\.Print"

    def next(self, page: Page) -> Ask | None:
        """The pager's link; where the module redraws itself, its form posted with the following page number."""
        return super().next(page) or (self._redrawn(page) if self.links(page) else None)

    def _redrawn(self, page: Page) -> Ask | None:
        sent = sent_fields(page)
        if sent:
            return _numbered(page.url, sent)
        form = page.first("form:has(input[name=pageNo])")
        if form is None:
            return None
        known, hidden = values(page), find_all(form, "input[type=hidden][name]")
        fields = {attribute(node, "name"): attribute(node, "value") for node in hidden}
        module = fields.get("moduleId") or attribute(form, "data-module-id")
        site = fields.get("site") or known.get("siteid", "")
        built = f"/?module=Content.Listing&moduleId={module}&cmd=redraw&site={site}&url_mode=rewrite"
        action = attribute(form, "action")
        return _numbered(page.absolute(action if "module=" in action else built), fields)


def _numbered(url: str, fields: dict[str, str]) -> Ask | None:
    number = fields.get("pageNo") or "1"
    return posted(url, {**fields, "pageNo": int(number) + 1}) if number.isdecimal() else None
