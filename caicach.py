"""The command `caicach`: assembles the commands of the four packages, no logic of its own."""

import sys
from typing import Annotated

import typer

import archive.commands
import archive.commands_acts
import archive.commands_doctor
import archive.commands_report
import crawler.commands
import crawler.commands_replay
import crawler.doctor
import search.commands
import search.doctor
import search.web.commands
from archive.version import VERSION
from config.errors import UserError

app = typer.Typer(
    help="Harvests what Vietnamese authorities announce about administrative reform; keeps, finds and exports it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"caicach {VERSION}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Say which.")] = False,
) -> None:
    pass


crawler.commands.register(app)
crawler.commands_replay.register(app, reindex=search.commands.reindex)
search.commands.register(app)
search.web.commands.register(app)
archive.commands.register(app)
archive.commands_acts.register(app)
archive.commands_report.register(app)
archive.commands_doctor.register(app, [crawler.doctor.findings], over_archive=[search.doctor.findings])


def main() -> None:
    """Run the command; a mistake is one line on stderr and an exit code, never a traceback."""
    try:
        sys.exit(app(standalone_mode=False, prog_name="caicach"))
    except UserError as error:
        sys.exit(_say(str(error), error.code))
    except typer.TyperException as error:
        called = getattr(getattr(error, "ctx", None), "command_path", "caicach")
        words = " ".join(error.format_message().split()).rstrip(".")
        sys.exit(_say(f"{words}; `{called} --help` lists all it takes" if words else "", error.exit_code))
    except typer.Abort:
        sys.exit(130)
    except BrokenPipeError:  # the reader of a pipe went away: `caicach search … | head`
        sys.stderr.close()
        sys.exit(1)


def _say(message: str, code: int) -> int:
    for line in message.splitlines():
        typer.echo(f"caicach: {line}", err=True)
    return code


if __name__ == "__main__":
    main()
