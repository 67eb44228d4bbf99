"""Platforms whose lists are posted for or are JSON: what they answer, and to whom they answer nothing."""

import json
import re
from collections.abc import Mapping
from html import unescape
from urllib.parse import urlencode

import pytest
from selectolax.lexbor import LexborHTMLParser

from crawler.farm import Farm, SimulatedPortal

FORM = {"content-type": "application/x-www-form-urlencoded"}
SCRIPT = FORM | {"x-requested-with": "XMLHttpRequest"}
EVENT = re.compile(r"__doPostBack\('([^']+)','([^']+)'\)")


@pytest.fixture(scope="module")
def farm() -> Farm:
    families = ["sharepoint", "vnportal", "newszone", "jsonapi", "liferay"]
    return Farm(7, articles=90, families=families, portals=15, port=9000)


def variant(farm: Farm, family: str, number: int) -> SimulatedPortal:
    return [portal for portal in farm.portals if portal.family == family][number]


def ask(
    portal: SimulatedPortal, target: str, form: Mapping[str, str] | None = None, headers: Mapping[str, str] = FORM
) -> tuple[int, str]:
    method = "GET" if form is None else "POST"
    answer = portal.site.respond(target, method, headers, urlencode(form or {}).encode())
    return answer.status, answer.body.plain(portal.site.count).decode()


def titles(html: str, selector: str) -> list[str]:
    return [node.text(strip=True) for node in LexborHTMLParser(html).css(selector)]


def listed(portal: SimulatedPortal) -> list[str]:
    return [story.title for story in portal.site.by_section["reform"]]


def test_sharepoint_wants_its_state_back(farm: Farm) -> None:
    portal = variant(farm, "sharepoint", 0)
    found: list[str] = []
    target, form = "/vi/cai-cach-hanh-chinh", None
    for page in (1, 2, 3):
        status, html = ask(portal, target, form)
        assert status == 200
        found += titles(html, ".item-tin h4 a")
        tree = LexborHTMLParser(html)
        form = {n.attributes["name"]: n.attributes["value"] or "" for n in tree.css("input[type=hidden]")}  # type: ignore[misc]
        events = dict(match.groups()[::-1] for match in EVENT.finditer(unescape(html)))
        form |= {"__EVENTTARGET": events.get(f"Page${page + 1}", ""), "__EVENTARGUMENT": f"Page${page + 1}"}
    assert found == listed(portal)[: len(found)]
    assert len(found) > 24
    for changed in ({"__VIEWSTATE": "x"}, {"__EVENTVALIDATION": "x"}, {"__EVENTARGUMENT": "Page$99"}):
        assert ask(portal, target, {**form, **changed})[0] == 500


def test_sharepoint_pages_by_path_and_by_query(farm: Farm) -> None:
    by_path, by_query = variant(farm, "sharepoint", 1), variant(farm, "sharepoint", 2)
    assert (
        "/Pages/ChuyenMuc/PhanTrang/1177/2/cai-cach-hanh-chinh.html"
        in ask(by_path, by_path.site.section_path("reform"))[1]
    )
    html = ask(by_path, "/Pages/ChuyenMuc/PhanTrang/1177/2/cai-cach-hanh-chinh.html")[1]
    assert titles(html, ".item-tin h4 a") == listed(by_path)[12:24]
    html = ask(by_query, "/vn/chuyen-muc/1177/cai-cach-hanh-chinh.aspx?page=2")[1]
    assert titles(html, ".item-tin h4 a") == listed(by_query)[12:24]
    feeds = "".join(ask(by_query, f"/rss/{number}/tin.rss")[1] for number in range(1177, 1182))
    assert all(one.url in feeds for one in by_query.truth[:9])


def test_vnportal_loads_by_the_numbers_in_its_script(farm: Farm) -> None:
    portal = variant(farm, "vnportal", 0)
    script = ask(portal, "/tin-tuc-cai-cach-hanh-chinh")[1]
    category, site = (re.search(rf"{name} = '(\d+)'", script) for name in ("article_category_id", "site_id"))
    assert category
    assert site
    url = "/DesktopModule/UIArticleInMenu/ArticleInMenuPagination.aspx/LoadArticle"
    form = {"article_category_id": category[1], "site_id": site[1], "page": "2", "page_size": "10"}
    status, html = ask(portal, url, form)
    assert (status, titles(html, ".item a.Title")) == (200, listed(portal)[10:20])
    assert "<html" not in html
    assert ask(portal, url, form, {"content-type": "application/json"})[0] == 500
    assert ask(portal, url, form | {"site_id": "1"})[0] == 500
    assert titles(ask(portal, url, form | {"page": "99"})[1], ".item") == []
    assert (
        titles(ask(variant(farm, "vnportal", 1), "/tin-tuc-cai-cach-hanh-chinh?page=2")[1], ".item a.Title")
        == (listed(variant(farm, "vnportal", 1))[10:20])
    )


def test_newszone_answers_scripts_with_its_own_parameters_only(farm: Farm) -> None:
    portal = variant(farm, "newszone", 1)
    html = ask(portal, "/cai-cach-hanh-chinh.htm")[1]
    assert titles(html, "#list-news .news-item") == []
    hidden = LexborHTMLParser(html).css("input[type=hidden]")
    form = {str(node.attributes["id"]).removeprefix("hd"): str(node.attributes["value"]) for node in hidden}
    status, fragment = ask(portal, "/api/NewsZone/NewsZone", form | {"PageIndex": "0"}, SCRIPT)
    assert (status, titles(fragment, "h3.news-title")) == (200, listed(portal)[:10])
    assert (
        titles(ask(portal, "/api/NewsZone/NewsZone", form | {"PageIndex": "1"}, SCRIPT)[1], "h3.news-title")
        == (listed(portal)[10:20])
    )
    assert ask(portal, "/api/NewsZone/NewsZone", form | {"PageIndex": "0"})[0] == 404
    assert ask(portal, "/api/NewsZone/NewsZone", form | {"PageIndex": "0", "Site": "x"}, SCRIPT)[0] == 404


def test_a_newszone_number_tells_its_time_and_days_have_lists(farm: Farm) -> None:
    portal = variant(farm, "newszone", 0)
    article = next(one for one in portal.truth if one.listed)
    assert article.published
    assert re.search(rf"-\d{{4}}{article.published:%y%m%d%H%M%S}\d{{3}}\.htm$", article.url)
    day = ask(portal, f"/cai-cach-hanh-chinh/xem-theo-ngay-{article.published:%d-%m-%Y}.htm")[1]
    assert article.title in titles(day, ".list-news h3.news-title")
    months = re.findall(r"<loc>[^<]*(/sitemaps/[^<]+)</loc>", ask(variant(farm, "newszone", 1), "/sitemap.xml")[1])
    assert len(months) > 12
    assert ask(portal, "/sitemap.xml")[0] == 404


def test_json_lists_by_page_by_post_and_by_offset(farm: Farm) -> None:
    paged, posted, offset = (variant(farm, "jsonapi", number) for number in range(3))
    number = paged.site.start_id
    answer = json.loads(ask(paged, f"/api/v1/articles?categoryId={number}&page=2&pageSize=5")[1])["data"]
    assert [one["title"] for one in answer["items"]] == listed(paged)[5:10]
    body = json.dumps({"categoryId": f"{posted.site.start_id:08x}-7c1e"}).encode()
    reads = posted.site.respond(
        "/api/article/reads?offset=3&limit=4", "POST", {"content-type": "application/json"}, body
    )
    assert [one["title"] for one in json.loads(reads.body.plain(str))["items"]] == listed(posted)[3:7]
    assert posted.site.respond("/api/article/reads?offset=3&limit=4").status == 400
    rows = json.loads(ask(offset, "/api/public/posts?category=cai-cach-hanh-chinh&offset=2&limit=3")[1])["rows"]
    assert [one["path"] for one in rows] == [
        one.url.removeprefix(offset.url[:-1]) for one in offset.truth if one.listed
    ][2:5]
    assert json.loads(ask(offset, "/api/public/posts?category=cai-cach-hanh-chinh&offset=999")[1])["rows"] == []


def test_liferay_names_its_resource_escaped(farm: Farm) -> None:
    portal = variant(farm, "liferay", 2)
    html = ask(portal, portal.site.section_path("reform"))[1]
    found = re.search(r"loadPageURL = '([^']+)'", html)
    assert found
    assert r"\x26p_p_resource_id=loadPage" in found[1]
    target = found[1].replace(r"\x26", "&").removeprefix(portal.url[:-1])
    answer = json.loads(ask(portal, f"{target}&pageNum=2&recordPerPage=10")[1])
    assert [one["title"] for one in answer["items"]] == listed(portal)[10:20]
    assert answer["totalPageNum"] == -(-len(listed(portal)) // 10)
    path = answer["items"][0]["urlDetail"]
    assert ask(portal, f"/uk{path}") == (200, ask(portal, path)[1])
