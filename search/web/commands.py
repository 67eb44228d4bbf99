"""`caicach serve`: the pages on an address of this machine."""

from typing import Annotated

import typer

from config.settings import Settings

SENT = 1 << 17
"""Bytes sent to a reader before it must have read some."""
HostOption = Annotated[str, typer.Option("--host", help="The address to listen on.")]
PortOption = Annotated[int, typer.Option("--port", min=0, max=65535, help="The port; 0 takes a free one.")]


def register(app: typer.Typer) -> None:
    """Add serve."""
    app.command()(serve)


def serve(host: HostOption = "127.0.0.1", port: PortOption = 8000) -> None:
    """Open the pages: search, articles, exports, feeds and the API, until Ctrl-C."""
    from archive.database import reading

    settings = Settings.load()
    with reading(settings):
        pass
    run(settings, host, port)


def run(settings: Settings, host: str, port: int) -> None:
    """Serve until Ctrl-C; raises UserError when the address is taken."""
    import socket

    import uvicorn

    from config.errors import UserError
    from config.logs import to_stderr
    from search.web.app import application

    try:
        listening = socket.create_server((host, port), backlog=512)
        # Taken over by every connection: what waits for a slow reader waits in the database, not in the kernel.
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SENT)
    except OSError as error:
        raise UserError(f"{host}:{port}: {error.strerror}; choose another with --host and --port") from None
    name, taken = listening.getsockname()[:2]
    typer.echo(f"http://{f'[{name}]' if ':' in name else name}:{taken}/  (Ctrl-C ends)", err=True)
    options = uvicorn.Config(
        application(settings),
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=5,
    )
    with to_stderr(settings):
        uvicorn.Server(options).run([listening])
