"""Settings: the environment wins over `.env`, which wins over the defaults."""

from pathlib import Path

import pytest

from config.errors import SettingError
from config.settings import SHIPPED_PORTALS, Settings


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"CAICACH_{name.upper()}", raising=False)
    monkeypatch.chdir(tmp_path)


def test_defaults() -> None:
    settings = Settings.load()
    assert settings.data == Path("data")
    assert settings.database == "sqlite:///data/caicach.sqlite"
    assert settings.portals == SHIPPED_PORTALS
    assert not settings.allow_private


def test_the_environment_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("CAICACH_DATA=from-file\nCAICACH_CONTACT=mail@example.vn\nOTHER=1\n", encoding="utf-8")
    monkeypatch.setenv("CAICACH_DATA", "from-environment")
    settings = Settings.load()
    assert settings.data == Path("from-environment")
    assert settings.contact == "mail@example.vn"


def test_a_wrong_value_names_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAICACH_ALLOW_PRIVATE", "perhaps")
    with pytest.raises(SettingError, match="CAICACH_ALLOW_PRIVATE"):
        Settings.load()


def test_no_secret_in_its_print(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAICACH_SEARCH_KEY", "s3cret")
    assert "s3cret" not in repr(Settings.load())
