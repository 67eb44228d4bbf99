"""Settings: the environment wins over `.env`, which wins over the defaults."""

from datetime import time
from pathlib import Path

import pytest

from config.errors import SettingError
from config.settings import SHIPPED_PORTALS, Settings


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"CAICACH_{name.upper()}", raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.mark.sqlite("it is what an archive is in unless told otherwise")
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


def test_no_secret_in_its_print_nor_in_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = {
        "SEARCH_KEY": "s3cret",
        "SMTP_PASSWORD": "s3cret",
        "WEBHOOK_SECRET": "s3cret",
        "DATABASE_URL": "postgresql+psycopg://u:s3cret@127.0.0.1/x",
        "SMTP_URL": "smtps://u:s3cret@127.0.0.1",
        "PROXY": "http://u:s3cret@127.0.0.1:3128",
        "WEBHOOK_URL": "https://127.0.0.1/hook/s3cret",
    }
    for name, value in secrets.items():
        monkeypatch.setenv(f"CAICACH_{name}", value)
    assert "s3cret" not in repr(Settings.load())
    monkeypatch.setenv("CAICACH_SMTP_URL", "http://u:s3cret@127.0.0.1")
    with pytest.raises(SettingError) as wrong:
        Settings.load()
    assert str(wrong.value) == "CAICACH_SMTP_URL: write smtps://HOST:PORT (or smtp, smtp+plain)"


@pytest.mark.parametrize(
    ("name", "value", "read"),
    [
        ("disk_floor", "2 GB", 2_000_000_000),
        ("disk_floor", "500mb", 500_000_000),
        ("disk_floor", "1000", 1000),
        ("disk_floor", "", 2_000_000_000),
        ("mail_to", "a@x.vn, b@x.vn", ("a@x.vn", "b@x.vn")),
        ("metrics_from", "10.0.0.0/8 ::1", ("10.0.0.0/8", "::1")),
        ("proxy", "http://127.0.0.1:3128", "http://127.0.0.1:3128"),
    ],
)
def test_values_as_people_write_them(monkeypatch: pytest.MonkeyPatch, name: str, value: str, read: object) -> None:
    monkeypatch.setenv(f"CAICACH_{name.upper()}", value)
    assert getattr(Settings.load(), name) == read


def test_the_night_is_two_hours_of_vietnam(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Settings.load().window == (time(21), time(6))
    monkeypatch.setenv("CAICACH_NIGHT", "0:30-5:00")
    assert Settings.load().window == (time(0, 30), time(5))


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("NIGHT", "from nine to six", "write the hours in Vietnam as 21:00-06:00"),
        ("NIGHT", "21:00-25:00", "write the hours in Vietnam as 21:00-06:00"),
        ("NIGHT", "06:00-06:00", "empty"),
        ("DISK_FLOOR", "plenty", "an amount such as 2 GB"),
        ("MAIL_TO", "nobody", "nobody: write mail addresses"),
        ("METRICS_FROM", "office", "office: write addresses or networks"),
        ("PROXY", "socks5://127.0.0.1:1080", "write http://HOST:PORT"),
        ("LOG_FORMAT", "xml", "auto"),
    ],
)
def test_a_wrong_value_says_how_it_is_written(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str
) -> None:
    monkeypatch.setenv(f"CAICACH_{name}", value)
    with pytest.raises(SettingError, match=f"CAICACH_{name}: .*{says}"):
        Settings.load()
