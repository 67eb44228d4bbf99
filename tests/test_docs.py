"""The documentation cannot lag: every command, setting, key and selector stands in it."""

import subprocess
import sys
from pathlib import Path

import pytest

from config.portal import Portal
from config.settings import Settings
from crawler import families
from crawler.selection import FIELDS

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"


def test_the_page_of_commands_is_what_help_says() -> None:
    command = [sys.executable, "-m", "typer", "caicach.py", "utils", "docs", "--name", "caicach"]
    page = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout
    assert (DOCS / "commands.md").read_text(encoding="utf-8") == page.strip() + "\n", "run `make docs`"


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_explained(name: str) -> None:
    assert f"| `CAICACH_{name.upper()}` |" in (DOCS / "settings.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("key", sorted(Portal.model_fields.keys() - {"slug", "text"}))
def test_every_key_of_a_portal_file_is_explained(key: str) -> None:
    page = (DOCS / "portals.md").read_text(encoding="utf-8")
    assert f"| `{key}` |" in page or f"| `[{key}]`" in page or f"\n`[{key}]` takes" in page


@pytest.mark.parametrize("field", FIELDS)
def test_every_selector_is_explained(field: str) -> None:
    assert f"| `{field}` | {FIELDS[field]} |" in (DOCS / "portals.md").read_text(encoding="utf-8")


def test_the_readme_names_every_family() -> None:
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    assert all(f"`{key}`" in page for key in sorted(families.keys()))


def test_links_between_pages_lead_somewhere() -> None:
    for page in [*ROOT.glob("*.md"), *DOCS.rglob("*.md")]:
        text = page.read_text(encoding="utf-8")
        for link in [part.split(")")[0] for part in text.split("](")[1:]]:
            if "://" not in link and not link.startswith("#"):
                assert (page.parent / link.split("#")[0]).exists(), f"{page.name}: {link}"
