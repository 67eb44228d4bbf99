"""What to ask for and what to leave; how a night is judged; what a robots.txt means; whose host it is."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.identity import url_digest
from archive.records import Stated, Verdict
from archive.runs import Outcome
from config.portal import Portal
from crawler.families import family
from crawler.family import Link
from crawler.hosts import allowed, authority, foreign, is_private
from crawler.ledger import Ended, Ledger
from crawler.loader import own_settings, user_agent
from crawler.middlewares.retry import retry_after
from crawler.plan import Gathered, Patience, Window
from crawler.robots import rules_of

NOW = datetime(2026, 11, 22, tzinfo=UTC)
REFORM = Link("https://a.vn/vi/news/cchc/ke-hoach-cai-cach-hanh-chinh-nam-2024-12.html", "Kế hoạch cải cách hành chính")
OTHER = Link("https://a.vn/vi/news/the-thao/giai-bong-da-13.html", "Giải bóng đá")


def gathered(*known: str) -> Gathered:
    return Gathered(family("nukeviet"), {url_digest(url) for url in known})


class TestGathered:
    def test_only_what_is_listed_or_sounds_like_reform_is_wanted(self) -> None:
        night = gathered()
        assert night.wanted(night.add(REFORM), Window(), NOW)
        assert not night.wanted(night.add(OTHER), Window(), NOW)
        assert night.wanted(night.add(OTHER, listed=True), Window(), NOW)

    def test_a_page_that_names_what_is_known_is_known(self) -> None:
        night = gathered(OTHER.url)
        assert night.any_known([night.add(REFORM), night.add(OTHER)])
        assert not night.any_known([night.add(REFORM)])

    def test_a_slug_may_sound_where_no_title_is_known(self) -> None:
        night = gathered()
        assert night.wanted(night.add(Link(REFORM.url)), Window(), NOW)

    def test_what_is_known_or_taken_is_not(self) -> None:
        assert not (night := gathered(REFORM.url)).wanted(night.add(REFORM), Window(), NOW)
        night = gathered()
        candidate = night.add(REFORM)
        candidate.taken = True
        assert not night.wanted(candidate, Window(), NOW)

    def test_an_article_under_two_addresses_is_one(self) -> None:
        night = gathered(REFORM.url)
        alias = REFORM.url.replace("/cchc/", "/tin-tuc/")
        one = night.add(Link(alias, stated=Stated("22/11/2024", "listing")))
        assert night.wanted(one, Window(), NOW)
        assert night.add(REFORM) is one
        assert not night.wanted(one, Window(), NOW)

    def test_hints_are_gathered(self) -> None:
        night = gathered()
        dates = [Stated("2024-03-05T08:00:00+07:00", "sitemap"), Stated("5/3/2024", "listing")]
        for stated in [*dates, dates[0]]:
            night.add(Link(REFORM.url, stated=stated))
        assert night.add(REFORM).hints == dates
        assert night.add(REFORM).day(NOW) == date(2024, 3, 5)

    @pytest.mark.parametrize(("window", "inside"), [((2024, 2025), True), ((2025, 2026), False), ((2022, 2023), False)])
    def test_the_window_is_of_hints(self, window: tuple[int, int], inside: bool) -> None:
        night = gathered()
        candidate = night.add(Link(REFORM.url, stated=Stated("5/3/2024", "listing")))
        assert night.wanted(candidate, Window(date(window[0], 1, 1), date(window[1], 1, 1)), NOW) is inside

    def test_without_a_hint_the_page_must_tell(self) -> None:
        night = gathered()
        assert night.wanted(night.add(REFORM), Window(date(2026, 1, 1)), NOW)


class TestPatience:
    def walk(self, news: list[bool]) -> int:
        patience = Patience()
        for page in news:
            if patience.out:
                break
            patience.page(news=page)
        return patience.pages

    def test_three_pages_without_news_in_a_row(self) -> None:
        assert self.walk([True, False, False, True, False, False, False, True]) == 7

    def test_at_most_400_pages(self) -> None:
        assert self.walk([True] * 500) == 400

    @given(st.lists(st.booleans(), min_size=1, max_size=40))
    @settings(max_examples=50)
    def test_twenty_dead_links_in_a_row(self, dead: list[bool]) -> None:
        patience, night = Patience(), gathered()
        run = worst = 0
        for number, one in enumerate(dead * 2):
            candidate = night.add(Link(f"https://a.vn/vi/news/c/x-{number}.html"))
            candidate.taken, candidate.dead = True, one
            patience.asked([candidate])
            run = run + 1 if one else 0
            worst = max(worst, run)
            if worst >= 20:
                assert patience.out
                return
        assert not patience.out


class TestLedger:
    def test_a_listing_ends_the_night_at_once(self) -> None:
        with pytest.raises(Ended) as ended:
            Ledger().barred("challenge", listing=True)
        assert ended.value.outcome is Outcome.BLOCKED

    def test_pages_end_it_three_in_a_row(self) -> None:
        ledger = Ledger()
        for _ in range(5):
            ledger.barred("429", listing=False)
            ledger.barred("429", listing=False)
            ledger.answered()
        ledger.barred("429", listing=False)
        ledger.barred("429", listing=False)
        with pytest.raises(Ended):
            ledger.barred("429", listing=False)

    def test_nothing_found_is_broken(self) -> None:
        assert Ledger().judged(None)[0] is Outcome.BROKEN

    def test_nothing_modified_is_fine(self) -> None:
        ledger = Ledger()
        ledger.counts["not_modified"] = 1
        assert ledger.judged(None) == (Outcome.OK, "")

    def test_most_pages_unreadable_is_broken(self) -> None:
        ledger = Ledger(unreadable=["a: no title"] * 3)
        ledger.counts["links"] = 9
        ledger.verdict(Verdict.NEW)
        assert ledger.judged(None)[0] is Outcome.BROKEN
        for _ in range(2):
            ledger.verdict(Verdict.NEW)
        assert ledger.judged(None)[0] is Outcome.OK

    def test_a_gap_is_partial(self) -> None:
        ledger = Ledger(gaps=["/tin: status 500", "/b: status 500"])
        ledger.counts["links"] = 1
        assert ledger.judged(None) == (Outcome.PARTIAL, "/tin: status 500 (and 1 more)")

    @given(st.sampled_from(list(Outcome)), st.text(min_size=1))
    @settings(max_examples=30)
    def test_every_outcome_but_ok_has_a_reason(self, outcome: Outcome, reason: str) -> None:
        summary = Ledger().summary("a", Ended(outcome, reason))
        assert (summary.outcome, summary.reason) == (outcome, reason)


class TestRobots:
    @pytest.mark.parametrize("status", [401, 403, 429, 500, 502, 503, 301])
    def test_later(self, status: int) -> None:
        assert rules_of(status, b"User-agent: *\nAllow: /").later
        assert not rules_of(status, b"").allow("https://a.vn/")

    @pytest.mark.parametrize("status", [400, 404, 410, 418])
    def test_no_rules(self, status: int) -> None:
        assert rules_of(status, b"<html>no").allow("https://a.vn/x")

    @pytest.mark.parametrize("body", [b"<!DOCTYPE html>", b"\xef\xbb\xbf\r\n <html>", b"\n<script>"])
    def test_html_is_later(self, body: bytes) -> None:
        assert "HTML" in rules_of(200, body).later

    def test_our_own_section_counts(self) -> None:
        rules = rules_of(200, b"User-agent: *\nDisallow:\nUser-agent: Caicach\nDisallow: /kin\nCrawl-delay: 7\n")
        assert (rules.allow("https://a.vn/"), rules.allow("https://a.vn/kin/1"), rules.delay) == (True, False, 7.0)

    def test_an_endless_delay_is_later(self) -> None:
        assert "86400" in rules_of(200, b"User-agent: *\nCrawl-delay: 86400\n").later

    def test_an_empty_file_allows(self) -> None:
        assert rules_of(200, b"").allow("https://a.vn/x")

    @given(st.binary(max_size=200))
    @settings(max_examples=60)
    def test_any_bytes_are_rules_or_later(self, body: bytes) -> None:
        rules = rules_of(200, body)
        assert bool(rules.later) or isinstance(rules.allow("https://a.vn/x"), bool)


class TestHosts:
    def portal(self, url: str, **keys: object) -> Portal:
        place = {"slug": "a", "name": "A", "level": "ministry"}
        return Portal.model_validate({**place, "url": url, **keys})

    @pytest.mark.parametrize(
        ("url", "fine"),
        [
            ("http://A.gov.vn/x", True),
            ("https://a.gov.vn:443/x", True),
            ("https://a.gov.vn:8443/x", False),
            ("https://www.a.gov.vn/", False),
            ("https://a.gov.vn.evil.com/", False),
            ("https://a.gov.vn@evil.com/", False),
            ("https://files.example.vn/k.pdf", True),
            ("ftp://a.gov.vn/x", False),
            ("file:///etc/passwd", False),
            ("data:text/html,x", False),
        ],
    )
    def test_only_own_hosts(self, url: str, fine: bool) -> None:
        own = allowed(self.portal("https://a.gov.vn/", hosts=["files.example.vn"]))
        assert (foreign(url, own) is None) is fine

    def test_a_port_is_part_of_the_host(self) -> None:
        assert authority("http://127.0.0.1:8101/x") == "127.0.0.1:8101"
        assert authority("http://a.vn:99999999/") == ""

    @pytest.mark.parametrize(
        ("host", "private"),
        [
            ("127.0.0.1", True),
            ("10.1.2.3", True),
            ("169.254.169.254", True),
            ("100.64.0.1", True),
            ("0.0.0.0", True),
            ("224.0.0.1", True),
            ("[::1]", True),
            ("::ffff:10.0.0.1", True),
            ("fe80::1%eth0", True),
            ("localhost", True),
            ("a.localhost", True),
            ("8.8.8.8", False),
            ("::ffff:8.8.8.8", False),
            ("moha.gov.vn", False),
        ],
    )
    def test_private(self, host: str, private: bool) -> None:
        assert is_private(host) is private


class TestHeaders:
    @pytest.mark.parametrize(
        ("value", "seconds"),
        [
            ("5", 5),
            (" 90 ", 90),
            ("Sun, 22 Nov 2026 00:01:00 GMT", 60),
            ("Sun, 22 Nov 2020 00:00:00 GMT", 0),
            ("", None),
            ("soon", None),
        ],
    )
    def test_retry_after(self, value: str, seconds: float | None) -> None:
        assert retry_after(value, NOW) == seconds

    def test_the_contact_is_named_when_there_is_one(self) -> None:
        assert user_agent("kho@luutru.vn").endswith("; kho@luutru.vn)")
        assert user_agent("").endswith("news)")
        assert user_agent("ông A\r\nX: 1 (b)").isascii()
        assert "\n" not in user_agent("a\r\nX: 1")

    def test_tls_is_per_portal(self) -> None:
        from config.settings import Settings

        place = {"slug": "a", "name": "A", "level": "ministry", "url": "https://a.vn/"}
        plain = own_settings(Portal.model_validate(place), Settings())
        old = own_settings(Portal.model_validate({**place, "tls": "seclevel1"}), Settings())
        assert old.keys() - plain.keys() == {"DOWNLOADER_CLIENT_TLS_CIPHERS"}
        assert "DOWNLOAD_VERIFY_CERTIFICATES" not in old
