"""Settings come from the environment, then `.env`, then the defaults written here.

Read by pydantic and python-dotenv: pydantic-settings does the same, and takes longer to load than a search does.
"""

import os
from collections.abc import Iterable
from datetime import time
from functools import cached_property
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from config import forms
from config.errors import SettingError

SHIPPED_PORTALS = Path(__file__).parent / "portals"
PREFIX = "CAICACH_"


class Settings(BaseModel):
    """What the operator may set; every name is `CAICACH_` and the field in capitals."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    data: Path = Field(default=Path("data"), description="folder of the database, captures and index")
    database_url: str = Field(default="", repr=False, description="SQLite in the data folder unless set")
    search_url: str = Field(default="", description="a Meilisearch server; the embedded engine unless set")
    search_key: str = Field(default="", repr=False, description="the key for that server")
    portals: Path = Field(default=SHIPPED_PORTALS, description="folder of portal files")
    contact: str = Field(default="", description="who answers for the crawler; shown in the User-Agent")
    allow_private: bool = Field(default=False, description="portals on loopback and private addresses")
    night: forms.Window = Field(default="21:00-06:00", description="when the scheduler may crawl, in Vietnamese time")
    jitter: int = Field(default=30, ge=0, le=720, description="minutes over which the scheduler spreads portals")
    portal_minutes: float = Field(default=90, gt=0, description="a portal's crawl ends after so long with what it has")
    backup: Path | None = Field(default=None, description="folder in which the scheduler leaves backups")
    lease: int = Field(default=60, ge=1, description="seconds after which a silent scheduler is replaced")
    ocr_minutes: float = Field(default=30, ge=0, description="how long scans are recognised after a crawl; 0: never")
    disk_floor: forms.Amount = Field(default=2_000_000_000, description="free disk below which a crawl stops clean")
    proxy: forms.Proxy = Field(default="", repr=False, description="an HTTP proxy through which portals are asked")
    smtp_url: forms.MailServer = Field(default="", repr=False, description="the server that takes our mail")
    smtp_password: str = Field(default="", repr=False, description="the password for it, if not in its address")
    mail_from: forms.Mailboxes = Field(default=(), description="who sends the report")
    mail_to: forms.Mailboxes = Field(default=(), description="who gets the report")
    webhook_url: forms.Hook = Field(default="", repr=False, description="where reports and alarms are posted as JSON")
    webhook_secret: str = Field(default="", repr=False, description="signs what is posted")
    report_language: Literal["vi", "en", "both"] = Field(default="both", description="of the morning report")
    log_format: Literal["auto", "text", "json"] = Field(default="auto", description="how the log is written")
    log_level: Literal["debug", "info", "warning", "error"] = Field(default="info", description="what is logged")
    metrics_from: forms.Networks = Field(default=("127.0.0.0/8", "::1"), description="who may read /metrics")
    metrics_file: Path | None = Field(default=None, description="a file that a crawl leaves its metrics in")

    @classmethod
    def load(cls, env_file: Path = Path(".env")) -> Self:
        """Read the environment and `.env`; raises SettingError naming each wrong variable."""
        try:
            return cls.model_validate(_said(env_file, cls.model_fields))
        except ValidationError as error:
            lines = [
                f"{PREFIX}{'.'.join(map(str, e['loc'])).upper()}: {e['msg'].removeprefix('Value error, ')}"
                for e in error.errors()
            ]
            raise SettingError("; ".join(lines)) from None

    @cached_property
    def database(self) -> str:
        """The database's URL: the one set, or SQLite in the data folder."""
        return self.database_url or f"sqlite:///{self.data / 'caicach.sqlite'}"

    @cached_property
    def window(self) -> tuple[time, time]:
        """The first and the last moment of the night in Vietnam; the last may be the next morning's."""
        return forms.window(self.night)

    @property
    def heard(self) -> bool:
        """Whether anybody is set to be told of reports and alarms."""
        return bool(self.webhook_url or (self.smtp_url and self.mail_to))

    @cached_property
    def index(self) -> Path:
        """The folder of the embedded search index."""
        return self.data / "index"


def _said(env_file: Path, names: Iterable[str]) -> dict[str, str]:
    """What the environment says of these fields, and `.env` where it is silent; an empty value means the default."""
    said: dict[str, str | None] = {**written(env_file), **os.environ}
    values = {name: said.get(PREFIX + name.upper()) for name in names}
    return {name: value for name, value in values.items() if value}


def written(env_file: Path) -> dict[str, str | None]:
    """What a file `.env` says; nothing when there is none."""
    if not env_file.is_file():
        return {}
    from dotenv import dotenv_values  # noqa: PLC0415 # mostly there is no such file

    return dotenv_values(env_file, encoding="utf-8")
