"""The pages in a real browser: a researcher's journeys, axe-core on every page, both widths, both languages."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import axe_core_python
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

CHROMIUM = shutil.which("chromium")
AXE = (Path(axe_core_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
PAGES = (
    "/", "/?q=cai+cach&portal=queson", "/?q=khongcotunay", "/articles/1", "/articles/3", "/articles/4",
    "/articles/1/revisions", "/acts/83/QĐ-UBND", "/portals", "/portals/queson", "/coverage",
    "/about", "/api/docs", "/articles/9999",
)  # fmt: skip
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    assert CHROMIUM, "no chromium: scripts/servers installs Debian's"
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page whose every request stays on loopback, and whose console stays silent."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="vi-VN")
    opened = context.new_page()
    said: list[str] = []
    opened.on("console", lambda message: said.append(message.text))
    opened.on("pageerror", lambda error: said.append(str(error)))
    yield opened
    context.close()
    assert [text for text in said if "404" not in text and "410" not in text] == []


@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_no_violation_and_the_page_is_light_and_fits(page: Page, server: str, path: str) -> None:
    """Vietnamese by day on a telephone, English by night on a desk."""
    for lang, scheme, width in (("vi", "light", 360), ("en", "dark", 1440)):
        requests: list[str] = []
        page.on("request", lambda request, seen=requests: seen.append(request.url))
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.set_viewport_size({"width": width, "height": 800})
        answer = page.goto(f"{server}{path}{'&' if '?' in path else '?'}lang={lang}")
        assert answer is not None
        assert len(answer.body()) < 100_000
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert len([url for url in requests if not url.startswith("data:")]) <= 3
        assert all(url.startswith((server, "data:")) for url in requests)
        page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        page.evaluate(AXE)
        found = page.evaluate("axe.run({resultTypes: ['violations']})")
        faults = [(one["id"], [node["html"] for node in one["nodes"]][:3]) for one in found["violations"]]
        assert faults == [], json.dumps(faults, ensure_ascii=False, indent=1)


def test_a_researcher_finds_narrows_reads_and_takes_away(page: Page, server: str) -> None:
    page.goto(server)
    page.get_by_role("searchbox").fill("ke hoach cai cach")
    page.get_by_role("button", name="Tìm").click()
    expect(page.locator("#found")).to_contain_text("bài")
    page.locator(".facets a", has_text="Cổng TTĐT huyện queson").click()
    expect(page.locator(".chips")).to_contain_text("Cổng thông tin")
    page.locator(".hits h3 a").first.click()
    expect(page.locator("h1")).to_contain_text("Kế hoạch cải cách hành chính")
    expect(page.locator(".text mark").first).to_be_visible()
    page.get_by_role("link", name="Các phiên bản (3)").click()
    page.get_by_label("So sánh").select_option("1")
    page.get_by_role("button", name="Áp dụng").click()
    expect(page.locator(".diff.body ins").first).to_be_visible()
    page.go_back()
    page.go_back()
    page.locator(".beside a", has_text="83/QĐ-UBND").click()
    expect(page.locator("h2")).to_contain_text("Quyết định 83/QĐ-UBND")
    page.get_by_role("link", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.get_by_role("link", name="Search").click()
    expect(page.get_by_role("button", name="Search")).to_be_visible()
    with page.expect_download() as download:
        page.locator(".download a", has_text="CSV").first.click()
    assert Path(download.value.path()).read_bytes().startswith(b"id,url,portal,")


def test_results_follow_the_typing(page: Page, server: str) -> None:
    page.goto(server)
    page.get_by_role("searchbox").press_sequentially("xep hang", delay=20)
    expect(page.locator("#found")).to_contain_text("1 bài")
    expect(page).to_have_url(f"{server}/?q=xep+hang")
    page.locator("input[value=exact]").check()
    expect(page.locator("#found")).to_contain_text("0 bài")


def test_the_keyboard_alone_does_everything(page: Page, server: str) -> None:
    page.goto(server)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Đến nội dung chính")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("hoi nghi")
    page.keyboard.press("Enter")
    expect(page.locator("#found")).to_contain_text("30 bài")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator(".hits h3 a").nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("Hội nghị")


def test_everything_works_without_a_script(browser: Browser, server: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(server)
    page.get_by_role("searchbox").fill("một cửa")
    page.locator("input[value=exact]").check()
    page.get_by_role("button", name="Tìm").click()
    expect(page.locator("#found")).to_contain_text("30 bài")
    page.get_by_role("link", name="Trang sau").click()
    expect(page.locator("#found")).to_contain_text("21–30")
    context.close()


def test_hostile_text_stays_text(page: Page, server: str) -> None:
    for path in ("/articles/4", "/?q=cai+cach", "/?q=<script>document.title='owned'</script>", "/articles/4/revisions"):
        page.goto(f"{server}{path}")
        page.wait_for_load_state("networkidle")
        assert page.title() != "owned"
        assert page.locator("main script, main img").count() == 0


def test_a_citation_is_copied(page: Page, server: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{server}/articles/1")
    page.get_by_role("button", name="Sao chép").first.click()
    expect(page.get_by_role("button", name="Đã sao chép")).to_be_visible()
    assert "Caicach queson/1" in page.evaluate("navigator.clipboard.readText()")


def test_an_article_prints_without_the_menu(page: Page, server: str) -> None:
    page.goto(f"{server}/articles/1")
    page.emulate_media(media="print")
    expect(page.locator(".top")).to_be_hidden()
    expect(page.locator("h1")).to_be_visible()
