"""Settings come from the environment, then `.env`, then the defaults written here.

Read by pydantic and python-dotenv: pydantic-settings does the same, and takes longer to load than a search does.
"""

import os
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from config.errors import SettingError

SHIPPED_PORTALS = Path(__file__).parent / "portals"
PREFIX = "CAICACH_"


class Settings(BaseModel):
    """What the operator may set; every name is `CAICACH_` and the field in capitals."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    data: Path = Field(default=Path("data"), description="folder of the database, captures and index")
    database_url: str = Field(default="", description="SQLite in the data folder unless set")
    search_url: str = Field(default="", description="a Meilisearch server; the embedded engine unless set")
    search_key: str = Field(default="", repr=False, description="the key for that server")
    portals: Path = Field(default=SHIPPED_PORTALS, description="folder of portal files")
    contact: str = Field(default="", description="who answers for the crawler; shown in the User-Agent")
    allow_private: bool = Field(default=False, description="portals on loopback and private addresses")

    @classmethod
    def load(cls, env_file: Path = Path(".env")) -> Self:
        """Read the environment and `.env`; raises SettingError naming each wrong variable."""
        try:
            return cls.model_validate(_said(env_file, cls.model_fields))
        except ValidationError as error:
            lines = [f"{PREFIX}{'.'.join(map(str, e['loc'])).upper()}: {e['msg']}" for e in error.errors()]
            raise SettingError("; ".join(lines)) from None

    @cached_property
    def database(self) -> str:
        """The database's URL: the one set, or SQLite in the data folder."""
        return self.database_url or f"sqlite:///{self.data / 'caicach.sqlite'}"

    @cached_property
    def index(self) -> Path:
        """The folder of the embedded search index."""
        return self.data / "index"


def _said(env_file: Path, names: Iterable[str]) -> dict[str, str]:
    """What the environment says of these fields, and `.env` where the environment is silent."""
    said: dict[str, str | None] = {**_written(env_file), **os.environ}
    values = {name: said.get(PREFIX + name.upper()) for name in names}
    return {name: value for name, value in values.items() if value is not None}


def _written(env_file: Path) -> dict[str, str | None]:
    if not env_file.is_file():
        return {}
    from dotenv import dotenv_values  # noqa: PLC0415 # mostly there is no such file

    return dotenv_values(env_file, encoding="utf-8")
