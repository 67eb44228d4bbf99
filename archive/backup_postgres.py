"""A PostgreSQL database as a file of pg_dump's, and back by pg_restore: the server's own programs."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from sqlalchemy import URL

from config.errors import UserError

INSTALL = "install PostgreSQL's client programs (Debian: apt-get install postgresql-client)"


def dump(url: URL, moment: str, target: Path, *, server: int) -> None:
    """Write what an exported snapshot holds, in pg_dump's custom format, which is compressed.

    `server` is its major version. Raises UserError when pg_dump is missing, older than the server, or fails.
    """
    program = _program("pg_dump")
    ours = major(_said(program, "--version"))
    if ours < server:
        raise UserError(
            f"{program} is of PostgreSQL {ours}, the server of {server}: {INSTALL.replace(')', f'-{server})')}"
        )
    words = ("--format=custom", f"--snapshot={moment}", "--no-owner", "--no-privileges", f"--file={target}")
    _run(program, *words, url=url, advice="make room, or choose another place for the backup")


def load(url: URL, source: Path) -> None:
    """Fill an empty database from a dump, in one transaction. Raises UserError."""
    words = ("--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", str(source))
    _run(_program("pg_restore"), *words, url=url, advice="the database is as it was; correct this and restore again")


def major(said: str) -> int:
    """The major version in what a program answers to --version: 15 of "pg_dump (PostgreSQL) 15.18 (Debian …)"."""
    found = re.search(r"\) (\d+)", said)
    return int(found[1]) if found else 0


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise UserError(f"{name} is not on this machine: {INSTALL}")
    return found


def _said(program: str, word: str) -> str:
    return subprocess.run([program, word], capture_output=True, text=True, check=False).stdout  # noqa: S603 # ours


def _run(program: str, *words: str, url: URL, advice: str) -> None:
    """Run a program over a database; the password goes by the environment, where other users do not see it."""
    address = url.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
    secret = {"PGPASSWORD": str(url.password)} if url.password else {}
    done = subprocess.run(  # noqa: S603 # words of ours, no shell
        [program, *words, f"--dbname={address}"],
        env=os.environ | {"LC_ALL": "C", "PGCONNECT_TIMEOUT": "10"} | secret,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [f"{Path(program).name} was ended by signal {-done.returncode}"]
        raise UserError(f"{lines[0].replace('error: ', '')}; {advice}")
