"""DNN (DotNetNuke): districts and departments on ASP.NET (PORTALS.md 1.6 and 1.10)."""

import re
from typing import ClassVar

from archive.records import Article
from crawler.address import target
from crawler.family import Family, Mark, NotAnArticle
from crawler.imprint import Imprint
from crawler.page import Page

ID = re.compile(
    r"[/?&](?P<name>ttId|post|articleId|newsviews|newsid|itemid|id)[/=](?P<number>\d+)(?=[/?&]|$)", re.IGNORECASE
)
LINKS = ("a[href*='/ttId/' i]", "a[href*='/post/' i]", "a[href*='/articleId/' i]", "a[href*='NewsViews' i]")


class Dnn(Imprint, Family, key="dnn"):
    """A module's number (`mid`) and the page's (`tabid`) are the frame's; `ttId`, `post` and their like the article's.

    No markup of DNN was seen: the selectors are guessed from its habit to end an element's id in its field's name.
    """

    selectors: ClassVar[dict[str, str]] = {
        "article": "[id$=_pnlDetail] || [id$=_divDetail] || .news-detail || .article-detail || .detail || "
        "[class*=ArticleDetail] || [class*=NewsDetail] || [class*=detail] || [id$=_ModuleContent]",
        "title": "[id$=_lblTitle] || [id$=_lblHeadline] || [id$=_lblTieuDe] || h1.title || .news-title || "
        ".article-title || [class*=detail-title] || [class*=title-detail] || h1 || h2 || .Head",
        "date": "[id$=_lblDate] || [id$=_lblPublishDate] || [id$=_lblPublishedDate] || [id$=_lblNgayDang] || "
        "[id$=_lblCreatedDate] || .news-time || .publish-date || .article-date || .post-date || "
        ".news-date:not(li *) || .date:not(li *) || .time:not(li *) || [class*=date]:not(li *)",
        "summary": "[id$=_lblSummary] || [id$=_lblSapo] || [id$=_lblDescription] || [id$=_lblTomTat] || .sapo || "
        ".summary || .lead || [class*=summary] || [class*=sapo]",
        "body": "[id$=_lblContent] || [id$=_divContent] || [id$=_lblBody] || [id$=_lblNoiDung] || [id$=_lblDetail] || "
        ".news-content || .article-content || .detail-content || .content-detail || [class*=content] || .Normal",
        "drop": "[class*=attach], [class*=related], [class*=other], [class*=share], [class*=comment], [class*=rating], "
        "[class*=tool], [class*=tags], [class*=author], [id$=_lblTitle], [id$=_lblDate], [id$=_lblSummary], "
        "[id$=_lblAuthor], [id$=_lblViews]",
        "author": "[id$=_lblAuthor] || [id$=_lblTacGia] || .author || [class*=author]",
        "source": "[id$=_lblSource] || [id$=_lblNguon] || .source || [class*=source]",
        "attachment": "[class*=attach] a[href], [class*=dinh-kem] a[href], a[href*='LinkClick.aspx?fileticket']",
        "list": "#dnn_ContentPane || [id$=_ContentPane]",
        "item": ".news-item, .news-row, .article-item, .item-news, [class*=NewsItem], [class*=ArticleItem] || "
        f".list-news li || {', '.join(f'tr:has({link}), li:has({link}), div:has(> {link})' for link in LINKS)}",
        "link": "[id*=_hplTitle], [id*=_lnkTitle] || h2 a[href] || h3 a[href] || h4 a[href] || "
        "a[href]:not(:has(img)) || a[href]",
        "item_date": "[id*=_lblDate] || .date || .time || [class*=date]",
        "item_summary": "[id*=_lblSummary] || .summary || .sapo || [class*=summary] || [class*=desc]",
        "pager": "[id$=_ctlPagingControl] || .PagingTable || .pagination || .pager || .paging || [class*=pag]",
        "next": "a[rel=next] || a.next || a[id$=_lnkNext][href] || a[id$=_cmdNext][href]",
    }
    dates = ("page", "meta", "listing", "feed")
    marks = (
        Mark(r'name="?generator"? content="(?:DotNetNuke|DNN)', 0.9, 'meta generator says "DotNetNuke"'),
        Mark(r"dnnVariable|\bdnn\.controls|/js/dnn(?:core|\.js)", 0.8, "DNN's own scripts"),
        Mark(r'\bid="dnn_\w+', 0.6, "elements whose ids begin with dnn_"),
        Mark(r"/Portals/\d+/|/Portals/_default/", 0.6, "files below /Portals/<number>/"),
        Mark(r"/DesktopModules/", 0.3, "modules below /DesktopModules/"),
        Mark(r"/tabid/\d+/|/ctl/\w+/|[?&]tabid=\d+", 0.4, "addresses with /tabid/ or /ctl/"),
    )
    articles = (
        r"/ctl/(?:Detail|View\w*|ArticleView)/|/post/\d+/|/articleType/ArticleView/articleId/\d+|/ArticleID/\d+|"
        r"[/?&]NewsViews[/=]\d+|/ID/\d+/"
    )
    sections = r"/tabid/\d+/(?:Default|language/[\w-]+/Default)\.aspx$"
    prints = r"/ctl/Print|[?&/]Print[=/]|[?&]SkinSrc=|/Print\.aspx|/PrintDetail/"

    def identity(self, url: str) -> str:
        url = self.canonical(url)
        found = ID.search(target(url))
        return f"dnn:{found['name'].lower()}{found['number']}" if found and self.is_article(url) else url

    def refine(self, article: Article, page: Page) -> Article:
        if not self.is_article(page.url) and self.listed(page):
            raise NotAnArticle("it lists articles and is none")
        return super().refine(article, page)
