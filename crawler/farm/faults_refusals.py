"""Faults of access: challenges, blocks, statuses, cookies, and pages in place of robots.txt and feeds."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from crawler.farm import chrome
from crawler.farm.exchange import HTML, Answer
from crawler.farm.fault import EVERYTHING, PAGES, Fault, Visit, made

CHALLENGES = {
    "cookie": (
        "<html><head><script>document.cookie='D1N=4f1c6a0e9b2d7c35'+'; path=/';window.location.reload(true);</script>"
        "</head><body></body></html>"
    ),
    "incapsula": (
        '<html style="height:100%"><head><META NAME="ROBOTS" CONTENT="NOINDEX, NOFOLLOW"></head>'
        '<body style="margin:0"><iframe id="main-iframe" src="/_Incapsula_Resource?CWUDNSAI=9&amp;xinfo=4"'
        ' width="100%">Request unsuccessful. Incapsula incident ID: 1084000220310934-17</iframe></body></html>'
    ),
    "wait": (
        "<!DOCTYPE html><html><head><title>Hãy đợi...</title></head><body><div><h1>Hãy đợi...</h1>"
        "<p>Bạn truy cập quá nhanh, vui lòng đợi 30 giây.</p></div></body></html>"
    ),
    "captcha": (
        "<!doctype html><html><head><title>Xác minh</title></head><body><form><p>Nhập mã captcha để tiếp tục</p>"
        '<img src="/captcha.ashx"><input name="ma"></form></body></html>'
    ),
    "stub": (
        "<html><head><script>function r(){location.replace(location.href+(location.search?'&':'?')+'_afrLoop=1841');}"
        "</script></head><body onload='r()'><noscript>JavaScript</noscript></body></html>"
    ),
    "cloudflare": (
        '<!DOCTYPE html><html><head><title>Just a moment...</title></head><body><div id="cf-wrapper">'
        '<script src="/cdn-cgi/challenge-platform/h/b/orchestrate/jsch/v1"></script></div></body></html>'
    ),
    "refused": (
        "<html><head><title>Thông báo</title></head><body><h2>Thông báo từ chối truy cập</h2><p>Hệ thống đang gặp"
        " vấn đề khi xử lý yêu cầu của bạn. Mã: 7719023</p></body></html>"
    ),
}
"""Pages that stand in place of others with status 200, by name (PORTALS.md 1.6, 1.12, 5)."""


class Challenge(Fault, name="challenge", about="status 200 and a challenge page: cookie, incapsula, wait, captcha, …"):
    """`page` is a name of CHALLENGES; `where` may add "robots feed file"."""

    strikes_at = PAGES | {"feed"}

    def answer(self, visit: Visit, healthy: Callable[[], Answer]) -> Answer:
        return made(CHALLENGES[self.how.get("page", "cookie")], type=HTML)


class CookiesRequired(Fault, name="cookies_required", about="without its cookie every request is sent back to set it"):
    strikes_at = PAGES | {"feed"}

    def answer(self, visit: Visit, healthy: Callable[[], Answer]) -> Answer:
        if "phien=" in visit.ask.headers.get("cookie", ""):
            return healthy()
        answer = self.site.redirect(visit.target, 302)
        return replace(answer, headers=(*answer.headers, ("Set-Cookie", "phien=1; path=/")))


class Status(
    Fault, name="status", about="an error status (503) for `count` of every `of` requests, perhaps Retry-After"
):
    """`status`; `retry_after` is seconds; `dated` makes it an HTTP date."""

    strikes_at = PAGES | {"feed"}

    def answer(self, visit: Visit, healthy: Callable[[], Answer]) -> Answer:
        said = "<html><head><title>Lỗi</title></head><body><h1>Máy chủ bận, xin thử lại sau</h1></body></html>"
        return made(said, type=HTML, status=self.how.get("status", 503), headers=self._headers())

    def _headers(self) -> tuple[tuple[str, str], ...]:
        seconds = self.how.get("retry_after")
        if seconds is None:
            return ()
        at = format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)
        return (("Retry-After", at if self.how.get("dated") else str(seconds)),)


class HtmlRobots(Fault, name="html_robots", about="robots.txt is an HTML page with status 200"):
    strikes_at = frozenset({"robots"})

    def answer(self, visit: Visit, healthy: Callable[[], Answer]) -> Answer:
        return self.site.page(chrome.not_found(self.site, visit.ask.path))


class HtmlFeeds(Fault, name="html_feeds", about="feeds and sitemaps are HTML pages with status 200"):
    strikes_at = frozenset({"feed"})

    def answer(self, visit: Visit, healthy: Callable[[], Answer]) -> Answer:
        return self.site.page(chrome.not_found(self.site, visit.ask.path))


class RobotsStatus(Fault, name="robots_status", about="robots.txt answers `status` (403): it may not even be read"):
    strikes_at = frozenset({"robots"})

    def answer(self, visit: Visit, healthy: Callable[[], Answer]) -> Answer:
        return made("", type=HTML, status=self.how.get("status", 403))


class Forbidden(Fault, name="forbidden", about="robots.txt disallows everything to everybody"):
    strikes_at = frozenset({"robots"})

    def answer(self, visit: Visit, healthy: Callable[[], Answer]) -> Answer:
        return made("User-agent: *\nDisallow: /\n", type="text/plain")


class Down(Fault, name="down", about="every request meets status 502, robots.txt too"):
    strikes_at = EVERYTHING

    def answer(self, visit: Visit, healthy: Callable[[], Answer]) -> Answer:
        return made("<html><body><h1>502 Bad Gateway</h1></body></html>", type=HTML, status=502)
