"""The commands crawl and portals, and Scrapy's own, as they are typed."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from crawler.farm import Farm

KEYS = ["portal", "outcome", "requests", "new", "revised", "unchanged", "rejected", "attachments", "seconds", "reason"]
CARD = 'name = "Cổng"\nurl = "{url}"\nlevel = "province"\nprovince = "Quảng Nam"\n\n[pace]\ndelay = {delay}\n'


def typed(desk: Any, *words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        desk.command(*words),
        env=desk.environment,
        cwd=desk.folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def write(desk: Any, slug: str, url: str = "http://127.0.0.1:9/", more: str = "", delay: float = 0) -> None:
    (desk.portals / f"{slug}.toml").write_text(
        CARD.format(url=url, delay=delay).replace("[pace]", f"{more}\n[pace]"), "utf-8"
    )


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ([], "--all"),
        (["a", "--all"], "--all"),
        (["nowhere"], "nowhere"),
        (["a", "--since", "2025-02-01", "--until", "2025-01-01"], "after"),
    ],
)
def test_wrong_use_is_one_line(desk: Any, words: list[str], says: str) -> None:
    write(desk, "a")
    done = typed(desk, "crawl", *words)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("caicach: ")
    assert says in done.stderr
    assert done.stderr.count("\n") == 1
    assert not desk.data.exists()


@pytest.mark.parametrize("words", [["a", "--limit", "0"], ["a", "--since", "yesterday"], ["--nonsense"]])
def test_wrong_options_are_wrong_use(desk: Any, words: list[str]) -> None:
    write(desk, "a")
    assert typed(desk, "crawl", *words).returncode == 2


def test_arguments_are_checked_before_scrapy_is_loaded(desk: Any) -> None:
    write(desk, "a")
    code = (
        "import sys\nsys.argv = ['caicach', 'crawl', 'nowhere']\nimport caicach\n"
        "try:\n    caicach.main()\nexcept SystemExit as end:\n"
        "    print(end.code, sorted({'scrapy', 'twisted'} & sys.modules.keys()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=desk.environment, cwd=desk.folder, capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == "2 []"


def test_a_family_that_does_not_exist_names_the_file(desk: Any) -> None:
    write(desk, "a", more='family = "wordstar"')
    for words in (["crawl", "a"], ["portals", "check"]):
        done = typed(desk, *words)
        assert done.returncode == 2
        assert "a.toml" in done.stderr
        assert "wordstar" in done.stderr


def test_json_is_one_object_and_a_failed_portal_is_exit_3(desk: Any) -> None:
    with Farm(7, articles=12, families=["nukeviet"]) as farm:
        farm.write_portals(desk.portals)
        slug = farm.portals[0].slug
        write(desk, "nobody")
        write(desk, "asleep", more='status = "paused"')
        done = typed(desk, "crawl", "--all", "--json")
    assert done.returncode == 3, done.stderr
    runs = {run["portal"]: run for run in json.loads(done.stdout)["runs"]}
    assert [list(run) for run in runs.values()] == [KEYS, KEYS]
    assert runs.keys() == {slug, "nobody"}
    assert (runs[slug]["outcome"], runs[slug]["reason"]) == ("ok", "")
    assert runs["nobody"]["outcome"] == "unreachable"
    assert runs["nobody"]["reason"]


def test_the_table_has_the_reason(desk: Any) -> None:
    write(desk, "nobody")
    done = typed(desk, "crawl", "nobody")
    assert done.returncode == 3
    assert "unreachable" in done.stdout
    assert "refused" in done.stdout
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("name", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_ends_after_the_page_in_flight(desk: Any, name: signal.Signals) -> None:
    with Farm(7, articles=30, families=["vhv"]) as farm:
        portal = farm.portals[0]
        write(desk, portal.slug, portal.url, delay=0.1)
        child = subprocess.Popen(
            desk.command("crawl", portal.slug, "--json"),
            env=desk.environment,
            cwd=desk.folder,
            stdout=subprocess.PIPE,
            text=True,
        )
        while len(farm.log) < 6:
            time.sleep(0.01)
        child.send_signal(name)
        out, _ = child.communicate(timeout=60)
    assert child.returncode == 130
    run = json.loads(out)["runs"][0]
    assert (run["outcome"], run["reason"]) == ("partial", "interrupted")
    assert run["requests"] == len(farm.log)


def test_without_a_contact_a_warning_is_said_once(desk: Any) -> None:
    write(desk, "nobody")
    environment = desk.environment | {"CAICACH_CONTACT": ""}
    done = subprocess.run(
        desk.command("crawl", "nobody", "--json"),
        env=environment,
        cwd=desk.folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr.count("CAICACH_CONTACT") == 1
    json.loads(done.stdout)


class TestPortals:
    def test_list_names_all(self, desk: Any) -> None:
        write(desk, "a")
        write(desk, "b", more='family = "nukeviet"\nverified = 2026-11-22')
        lines = desk.run("portals", "list").splitlines()
        assert [line.split("\t")[0] for line in lines] == ["a", "b"]
        assert lines[0].endswith("never verified")
        assert lines[1].endswith("2026-11-22")

    def test_show_says_what_a_file_leaves_out(self, desk: Any) -> None:
        write(desk, "a", delay=0.5)
        shown = dict(line.split(maxsplit=1) for line in desk.run("portals", "show", "a").splitlines())
        assert shown["slug"] == "a"
        assert shown["status"] == "active"
        assert "0.5" in shown["pace"]

    def test_check_is_content_with_right_files(self, desk: Any) -> None:
        write(desk, "a")
        assert "1 portal file checked" in desk.run("portals", "check", "--files")

    def test_check_names_file_key_and_fix(self, desk: Any) -> None:
        write(desk, "a", more='colour = "red"')
        done = typed(desk, "portals", "check")
        assert done.returncode == 2
        assert "a.toml" in done.stderr
        assert "colour" in done.stderr

    def test_an_unknown_slug_is_wrong_use(self, desk: Any) -> None:
        write(desk, "a")
        assert typed(desk, "portals", "show", "b").returncode == 2


class TestScrapy:
    """Scrapy's own command works on the portal files, in the checkout where scrapy.cfg stands."""

    def scrapy(self, desk: Any, *words: str) -> "subprocess.CompletedProcess[str]":
        root = Path(__file__).resolve().parents[2]
        return subprocess.run(
            [sys.executable, "-m", "scrapy", *words],
            env=desk.environment,
            cwd=root,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def test_list(self, desk: Any) -> None:
        write(desk, "b")
        write(desk, "a")
        assert self.scrapy(desk, "list").stdout.split() == ["a", "b"]

    def test_crawl(self, desk: Any) -> None:
        with Farm(7, articles=12, families=["nukeviet"]) as farm:
            farm.write_portals(desk.portals)
            done = self.scrapy(desk, "crawl", farm.portals[0].slug, "-a", "limit=2")
        assert done.returncode == 0, done.stderr
        assert "Traceback" not in done.stderr
        assert "2" in desk.run("stats")
        assert desk.run("crawl", "--all", "--json", code=3)  # the farm is gone, so is every portal

    def test_shell(self, desk: Any) -> None:
        with Farm(7, articles=12, families=["nukeviet"]) as farm:
            farm.write_portals(desk.portals)
            url = farm.portals[0].url
            done = self.scrapy(
                desk, "shell", url, "-c", "(response.status, spider.name, response.css('title::text').get())"
            )
        assert "200" in done.stdout, done.stderr
        assert farm.portals[0].slug in done.stdout
