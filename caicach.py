"""The command `caicach`: assembles the commands of the four packages, no logic of its own."""

import sys
from typing import Annotated

import typer

import archive.commands
import crawler.commands
import search.commands
from config.errors import UserError

VERSION = "0.1.0"

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
search.commands.register(app)
archive.commands.register(app)


def main() -> None:
    """Run the command; a person's mistake is one line on stderr and an exit code, never a traceback."""
    try:
        app()
    except UserError as error:
        sys.exit(_say(error))
    except BrokenPipeError:  # the reader of a pipe went away: `caicach search … | head`
        sys.stderr.close()
        sys.exit(1)


def _say(error: UserError) -> int:
    for line in str(error).splitlines():
        typer.echo(f"caicach: {line}", err=True)
    return error.code


if __name__ == "__main__":
    main()
