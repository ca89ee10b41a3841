"""Serve: `points serve` for real use, `points start` to try it, `points migrate` to prepare."""

from pathlib import Path
from typing import Annotated

import typer
import uvicorn

from points.cli.demo import prepare_demo
from points.cli.door import DatabaseUrl, now, opened, settings
from points.cli.words import fail, say
from points.settings import Settings
from points.storage.engine import UnknownDatabase, check_safety, open_database
from points.storage.migrate import migrate as migrate_database
from points.web.app import create_app

app = typer.Typer(no_args_is_help=True)

Port = Annotated[int | None, typer.Option(min=1, max=65_535, help="The port to listen on.")]


@app.command()
def migrate(database_url: DatabaseUrl = None) -> None:
    """Make the tables, or bring them up to date."""
    _prepare(settings(database_url).database_url)
    say("数据库准备好了", "The database is ready.")


@app.command()
def serve(
    *,
    port: Port = None,
    host: Annotated[str | None, typer.Option(help="The address to listen on.")] = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Serve the API until Ctrl-C or SIGTERM; what has been taken is posted before the end."""
    with opened(database_url):  # says what is wrong before the server starts
        pass
    _run(settings(database_url), host=host, port=port)


@app.command()
def start(
    *,
    port: Port = None,
    data: Annotated[Path, typer.Option(help="Where to keep everything.")] = Path("var"),
    database_url: Annotated[
        str | None, typer.Option("--database", help="Use another database than DATA/points.db.")
    ] = None,
    empty: Annotated[bool, typer.Option("--empty", help="Load no demo programme.")] = False,
) -> None:
    """Prepare everything and serve: with the demo programme, as if its day were today."""
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    chosen = settings(database_url or f"sqlite:///{data.resolve() / 'points.db'}")
    _prepare(chosen.database_url)
    base = f"http://127.0.0.1:{port or chosen.port}"
    if not empty:
        prepare_demo(chosen, data, base)
    say(f"\n接口说明：{base}/api/v1/docs", f"\nThe API, described: {base}/api/v1/docs")
    say("按 Ctrl-C 停下\n", "Ctrl-C stops the service.\n")
    _run(chosen, host="127.0.0.1", port=port)


def _prepare(database_url: str) -> None:
    try:
        database = open_database(database_url)
    except UnknownDatabase as error:
        fail(f"数据库地址不对：{error}", f"The database URL is wrong: {error}", code=2)
    try:
        migrate_database(database)
        check_safety(database)
    finally:
        database.dispose()


def _run(chosen: Settings, *, host: str | None, port: int | None) -> None:
    uvicorn.run(
        create_app(chosen, clock=now),
        host=host or chosen.host,
        port=port or chosen.port,
        log_level=chosen.log_level.lower(),
        access_log=False,  # the app logs requests itself, without what they carry
    )
