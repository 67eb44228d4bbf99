"""SharePoint and WebForms portals that are not TANDAN's: ministries, Đồng Nai, Khánh Hòa (PORTALS.md 1.4)."""

import re
from collections.abc import Sequence
from typing import ClassVar
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from selectolax.lexbor import LexborNode

from archive.records import Stated
from crawler.address import target
from crawler.family import Family, Mark
from crawler.page import Page

HIDDEN_IN_SLUG = re.compile(r"%E2%80%8B|\u200b", re.IGNORECASE)
"""A zero-width space that GLP's editors paste into titles and its addresses keep."""
NO_PART = re.compile(r"(?:page|trang|isdlg|source|rootfolder|contenttypeid|returnurl|lang)", re.IGNORECASE)
IDENTITIES = (
    r"^(.*/)[^/]*[?&](?:NewsId|ItemID|ArticleID|TinID|IDTin|ID)=(\d+)",
    r"---id(\d+)",
    r"-(?:glpnd|qnpnd)-(\d+)",
    r"/vn/tin-tuc/(?:\d+/)?(\d+)/",
    r"/Pages/(?:TinTuc|Tin)/(\d+)/",
)
"""What tells articles apart; the number of a list's item is one's own only in its list's folder."""
BLANK = re.compile(r"\b0?1/0?1/0001\b")
"""How .NET prints a date that was never set."""


class SharePoint(Family, key="sharepoint"):
    """One kind of server and many hands: every vendor has its own markup, the addresses have few shapes."""

    selectors: ClassVar[dict[str, str]] = {
        "article": "#news_details || .news-detail || .article-detail || .chi-tiet-tin",
        "title": "#news_details h1 || .title-article || .tieudebaiviet || .title-detail || .news-title || "
        "h1:not([class*=site]):not([class*=logo])",
        "summary": "#show_description || #divArticleDescription1 || .sapo || .tomtat || .trich-dan",
        "date": "#datearticle || [id$=pnHide] span || .date-publish || .ngaydang || .article-date || .post-date || "
        "h1 ~ [class*=date] || h1 ~ [class*=ngay]",
        "body": "#show_content || #divArticleDescription2 || .chitietbaiviet || .divNoiDungTinBai || "
        ".ms-rtestate-field || .noidung || .content-detail",
        "drop": "#show_description, #divArticleDescription1, .title-article, #datearticle, [class*=related], "
        "[class*=lienquan], [class*=lien-quan], [class*=rating], [class*=comment], [class*=share], [class*=toolbar], "
        "[class*=Toolbar], [class*=attach], [class*=dinhkem]",
        "author": ".author || .tacgia || .tac-gia",
        "source": ".source || .nguontin || .nguon-tin",
        "attachment": "[class*=attach] a[href] || [class*=dinhkem] a[href] || [class*=dinh-kem] a[href] || "
        "[id*=attach] a[href]",
        "item": ".list-news li || .news-item || .item-news || .list-item || .dsbaiviet li || .item || .tin",
        "link": "h2 a[href] || h3 a[href] || h4 a[href] || a[class*=title][href] || a[href]",
        "item_date": "[class*=date] || [class*=ngay] || [class*=time]",
        "item_summary": "[class*=sapo] || [class*=summary] || [class*=tomtat] || [class*=desc]",
        "pager": "[class*=paging] || [class*=pagination] || [class*=pager] || [class*=phantrang] || [id*=Pager] || "
        "[id*=paging]",
        "next": "a[rel=next]",
    }
    dates = ("page", "listing", "feed", "jsonld", "meta", "sitemap")
    marks = (
        Mark(r"_spPageContextInfo|/_layouts/|MSOWebPartPage|Microsoft SharePoint", 0.4, "SharePoint's own scripts"),
        Mark(r'name="__VIEWSTATE"', 0.2, "an ASP.NET form"),
        Mark(r'name="__VIEWSTATEGENERATOR"|name="__EVENTVALIDATION"', 0.2, "a form that WebForms checks"),
        Mark(
            r"""\bid="(?:news_details|show_content|divArticleDescription[12]|datearticle)\"""", 0.6, "ids of articles"
        ),
        Mark(r"\b(?:chitietbaiviet|divNoiDungTinBai|PublishingPortal - )", 0.6, "classes of articles"),
        Mark(r"/PhanTrang/|-(?:glpnd|qnpnd)-\d+|---id\d+", 0.6, "addresses with …/PhanTrang/…, -glpnd-… or ---id…"),
        Mark(r"""/Pages/[\w-]+\.aspx\?(?:[^"'>]*&(?:amp;)?)?(?:NewsId|ItemID)=""", 0.5, "addresses of list items"),
        Mark(r"__doPostBack\('", 0.2, "links that send the page's form back"),
    )
    articles = (
        r"[?&](?:NewsId|ItemID|ArticleID|TinID|IDTin)=\d|/DispForm\.aspx\?(?:[^#]*&)?ID=\d|"
        r"^/(?!chuyen-muc)[^/?]+/(?:[^/?]+/)*[^/?]+---id\d+|-(?:glpnd|qnpnd)-\d+|^/vn/tin-tuc/\d+/|"
        r"/Pages/(?:TinTuc|Tin)/\d+/|^/tin-tuc/\d{4}/\d{1,2}/\d+-[^/?]+|"
        r"/Pages/(?:[^/?-]+-){5,}[^/?]+\.aspx|^/(?:vi/)?(?!vi/|chuyen-muc)[\w-]+/(?:[^/?-]+-){5,}[^/?]+$"
    )
    sections = r"^/(?:vn/)?chuyen-muc/|/Pages/ChuyenMuc/|^/Pages/(?:tin|chuyen|su-kien)[\w-]*\.aspx$"
    prints = r"[?&](?:print|IsPrint)=|/PrintItem\.aspx|/print\.aspx"

    def plain(self, url: str) -> str:
        parts = urlsplit(HIDDEN_IN_SLUG.sub("", url))
        kept = [(name, value) for name, value in parse_qsl(parts.query) if not NO_PART.fullmatch(name)]
        whole = urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(kept), ""))
        return whole if self.is_article(whole) else url

    def identity(self, url: str) -> str:
        url = self.canonical(url)
        found = (re.search(rule, target(url), re.IGNORECASE) for rule in IDENTITIES)
        number = next(("".join(match.groups()) for match in found if match), "")
        return f"sharepoint:{number.lower()}" if number and self.is_article(url) else url.lower()

    def stated(self, page: Page, box: LexborNode | None, hints: Sequence[Stated]) -> tuple[Stated, ...]:
        return tuple(date for date in super().stated(page, box, hints) if not BLANK.search(date.text))
