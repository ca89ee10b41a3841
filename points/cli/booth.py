"""A booth at the command line: scan, redeem, undo, balance. Talks to a running service."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from points.cli.words import console, fail, say, words
from points.client import Client, ClientError, Outcome, Problem, Unanswered

app = typer.Typer(no_args_is_help=True)

Server = Annotated[str, typer.Option(envvar="POINTS_SERVER", help="Where the service listens.")]
As = Annotated[
    str,
    typer.Option(
        "--as",
        envvar="POINTS_TOKEN_FILE",
        help="Token to use: a file, or the name of one in DATA/tokens, such as booth-4.",
    ),
]
Data = Annotated[Path, typer.Option(envvar="POINTS_DATA", help="The folder of `points start`.")]
Card = Annotated[
    str | None,
    typer.Argument(help="The card's code. Leave it out to type or scan one card after another."),
]

_SERVER = "http://127.0.0.1:8000"
_DATA = Path("var")


@app.command()
def scan(
    card: Card = None,
    *,
    activity: Annotated[str, typer.Option(help="For example check-in or hand-in.")],
    token: As,
    quantity: Annotated[int | None, typer.Option(help="Correct answers.")] = None,
    grams: Annotated[list[str] | None, typer.Option(help="material=grams; repeat it.")] = None,
    phase: Annotated[str | None, typer.Option(help="check_in or check_out.")] = None,
    building: Annotated[str | None, typer.Option(help="For clean-ups.")] = None,
    server: Server = _SERVER,
    data: Data = _DATA,
) -> None:
    """Award points to cards by one activity."""
    what: dict[str, object] = {
        "quantity": quantity,
        "grams": _weights(grams) if grams else None,
        "phase": phase,
        "building": building,
    }
    given = {name: value for name, value in what.items() if value is not None}
    with _client(server, token, data) as client:
        refused = [not _show(client.earn(one, activity, **given)) for one in _cards(card)]
    raise typer.Exit(int(any(refused)))


@app.command()
def redeem(
    card: Card = None,
    *,
    reward: Annotated[str, typer.Option(help="For example bin-bags.")],
    token: As,
    quantity: Annotated[int, typer.Option(min=1)] = 1,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before handing over.")] = False,
    server: Server = _SERVER,
    data: Data = _DATA,
) -> None:
    """Hand goods over for points, after showing the price."""
    with _client(server, token, data) as client:
        goods = next((one for one in client.rewards() if _is(one["key"], reward)), None)
        if goods is None:
            fail(f"这个摊位没有 {reward}", f"This booth does not hand out {reward}.")
        price = goods["price"]
        say(
            f"{goods['name']} × {quantity}：{price * quantity} 分",
            f"{goods['name']} × {quantity}: {price * quantity} points",
        )
        refused = []
        for one in _cards(card):
            if yes or typer.confirm(words("换吗？", "Hand over?"), default=True):
                outcome = client.redeem(one, reward, quantity=quantity, price_shown=price)
                refused.append(not _show(outcome))
    raise typer.Exit(int(any(refused)))


@app.command()
def undo(
    operation: Annotated[str, typer.Argument(help="The id that scan or redeem printed.")],
    *,
    token: As,
    server: Server = _SERVER,
    data: Data = _DATA,
) -> None:
    """Take one's own scan or redemption back."""
    with _client(server, token, data) as client:
        done = _show(client.undo(operation))
    raise typer.Exit(int(not done))


@app.command()
def balance(card: Card = None, *, token: As, server: Server = _SERVER, data: Data = _DATA) -> None:
    """Tell what a card's household can spend, and what ends soon."""
    with _client(server, token, data) as client:
        for one in _cards(card):
            found = client.balance(one)
            say(f"现在有 {found.available} 分", f"{found.available} points to spend")
            for ends, points in found.expiring_soon:
                day = ends.astimezone().date()
                say(f"  {points} 分在 {day} 到期", f"  {points} of them end on {day}")
            if found.owed:
                say(f"  欠 {found.owed} 分", f"  {found.owed} points owed")


@contextmanager
def _client(server: str, token: str, data: Path) -> Iterator[Client]:
    language = words("zh-CN", "en")
    try:
        with Client(server, _token(token, data), language=language) as client:
            yield client
    except Unanswered as error:
        for operation in error.unsent:
            say(f"没有送到，编号 {operation['id']}", f"not delivered: id {operation['id']}")
        fail(f"连不上服务：{error}", f"The service cannot be reached: {error}")
    except Problem as error:
        fail(f"{error.detail}（{error.code}）", f"{error.detail} ({error.code})")
    except ClientError as error:
        fail(str(error), str(error))


def _token(name: str, data: Path) -> str:
    for path in (Path(name), data / "tokens" / name):
        if path.is_file():
            return path.read_text().strip()
    tokens = sorted(path.name for path in (data / "tokens").glob("*"))
    fail(
        f"找不到令牌 {name}；现有：{'、'.join(tokens) or '无'}",
        f"There is no token {name}; there are: {', '.join(tokens) or 'none'}",
    )


def _cards(card: str | None) -> Iterator[str]:
    """Give the card, or each line that is typed or scanned until the input ends."""
    if card is not None:
        yield card
        return
    if sys.stdin.isatty():
        say("请扫卡；按 Ctrl-D 结束", "Scan a card; Ctrl-D ends")
    yield from (line.strip() for line in sys.stdin if line.strip())


def _weights(pairs: list[str]) -> dict[str, int]:
    weights = {}
    for pair in pairs:
        material, _, grams = pair.partition("=")
        if not grams.isdecimal():
            fail(f"{pair}：要写成 paper=1200", f"{pair}: write it like paper=1200")
        weights[material] = int(grams)
    return weights


def _is(key: str, name: str) -> bool:
    return name in (key, key.partition("/")[2])


def _show(outcome: Outcome) -> bool:
    """Print an outcome; tell whether the act counts."""
    mark = "✔" if outcome.counts else "✘"
    total = (
        ""
        if outcome.balance is None
        else words(f"，现在一共 {outcome.balance} 分", f", {outcome.balance} points in all")
    )
    change = words(f"{outcome.points:+} 分", f"{outcome.points:+} points")
    line = f"{change}{total}" if outcome.counts else outcome.message
    console.print(f"{mark} {line}  [{outcome.code or outcome.status}]  {outcome.id}", markup=False)
    return outcome.counts


def token_folder(data: Path) -> Path:
    """Give the folder of tokens, readable by its owner only."""
    folder = data / "tokens"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def keep_secret(path: Path, text: str) -> None:
    """Write a secret to a file that only its owner can read, from its first byte on."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text + "\n")
