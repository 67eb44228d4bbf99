"""Settings come from the environment, then `.env`, then the defaults written here."""

from functools import cached_property
from pathlib import Path
from typing import Self

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from config.errors import SettingError

SHIPPED_PORTALS = Path(__file__).parent / "portals"


class Settings(BaseSettings):
    """What the operator may set; every name is `CAICACH_` and the field in capitals."""

    model_config = SettingsConfigDict(
        env_prefix="CAICACH_", env_file=".env", env_file_encoding="utf-8", extra="ignore", frozen=True
    )

    data: Path = Field(default=Path("data"), description="folder of the database, captures and index")
    database_url: str = Field(default="", description="SQLite in the data folder unless set")
    search_url: str = Field(default="", description="a Meilisearch server; the embedded engine unless set")
    search_key: str = Field(default="", repr=False, description="the key for that server")
    portals: Path = Field(default=SHIPPED_PORTALS, description="folder of portal files")
    contact: str = Field(default="", description="who answers for the crawler; shown in the User-Agent")
    allow_private: bool = Field(default=False, description="portals on loopback and private addresses")

    @classmethod
    def load(cls) -> Self:
        """Read the environment; raises SettingError naming each wrong variable."""
        try:
            return cls()
        except ValidationError as error:
            lines = [f"CAICACH_{'.'.join(map(str, e['loc'])).upper()}: {e['msg']}" for e in error.errors()]
            raise SettingError("; ".join(lines)) from None

    @cached_property
    def database(self) -> str:
        """The database's URL: the one set, or SQLite in the data folder."""
        return self.database_url or f"sqlite:///{self.data / 'caicach.sqlite'}"

    @cached_property
    def index(self) -> Path:
        """The folder of the embedded search index."""
        return self.data / "index"
