"""A booth at the command line: scan, redeem, undo, balance. Talks to a running service."""

import re
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

import typer

from points.cli.till import Name, Till, open_till, read_lines
from points.cli.words import MISUSED, agreed, fail, say, words
from points.client import Balance, Reward

app = typer.Typer(no_args_is_help=True)

Server = Annotated[str, typer.Option(envvar="POINTS_SERVER", help="Where the service listens.")]
As = Annotated[
    str,
    typer.Option(
        "--as",
        envvar="POINTS_TOKEN_FILE",
        help="The token to use: the name of one in DATA/tokens, such as booth-4, or a file.",
    ),
]
Data = Annotated[Path, typer.Option(envvar="POINTS_DATA", help="The folder of `points start`.")]
Card = Annotated[
    str | None,
    typer.Argument(
        help="The card's code. Better left out: then cards are scanned or typed one after another, "
        "or read from a file handed in. A command line can be read by others on this machine."
    ),
]
Id = Annotated[
    str | None, typer.Option("--id", help="To repeat an act that got no answer: its id.")
]
At = Annotated[str | None, typer.Option(help="To repeat an act that got no answer: its instant.")]

_SERVER = "http://127.0.0.1:8000"
_DATA = Path("var")
_WEIGHT = re.compile(r"([a-z0-9][a-z0-9_-]{0,62})=([0-9]{1,9})", re.ASCII)


@app.command()
def scan(
    card: Card = None,
    *,
    activity: Annotated[str, typer.Option(help="For example check-in or hand-in.")],
    token: As,
    quantity: Annotated[int | None, typer.Option(min=0, help="Correct answers.")] = None,
    grams: Annotated[
        list[str] | None, typer.Option(help="Weight, like paper=1200; once for each material.")
    ] = None,
    phase: Annotated[
        Literal["check_in", "check_out"] | None, typer.Option(help="Which end of a shift.")
    ] = None,
    building: Annotated[str | None, typer.Option(help="For clean-ups.")] = None,
    again: Id = None,
    at: At = None,
    server: Server = _SERVER,
    data: Data = _DATA,
) -> None:
    """Award points to cards by one activity."""
    given: dict[str, object] = {
        "quantity": quantity,
        "grams": _weights(grams) if grams else None,
        "phase": phase,
        "building": building,
    }
    what = {name: value for name, value in given.items() if value is not None}
    with open_till(server, token, data, repeats=_repeats(again, at)) as till:
        done = [till.earn(one, activity, what) for one in _cards(card, is_one=again is not None)]
    raise typer.Exit(int(not all(done)))


@app.command()
def redeem(
    card: Card = None,
    *,
    reward: Annotated[str, typer.Option(help="For example bin-bags.")],
    token: As,
    quantity: Annotated[int, typer.Option(min=1, help="How many pieces.")] = 1,
    price: Annotated[
        int | None, typer.Option(min=0, help="Points for one piece, as the resident was told.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before handing over.")] = False,
    again: Id = None,
    at: At = None,
    server: Server = _SERVER,
    data: Data = _DATA,
) -> None:
    """Hand goods over for points, after showing the price."""
    with open_till(server, token, data, repeats=_repeats(again, at)) as till:
        goods = _find(till, reward)
        shown = goods.price if price is None else price
        name = words(goods.name, goods.name_en or goods.name)
        say(
            f"{name} × {quantity}：{shown * quantity} 分",
            f"{name} × {quantity}: {shown * quantity} points",
        )
        done = [
            (yes or _hands_over()) and till.redeem(one, goods.key, quantity, shown)
            for one in _cards(card, is_one=again is not None, is_asked_between=not yes)
        ]
    raise typer.Exit(int(not all(done)))


@app.command()
def undo(
    operation: Annotated[
        str | None,
        typer.Argument(help="The id that scan or redeem printed. Left out, it is read or typed."),
    ] = None,
    *,
    token: As,
    again: Id = None,
    at: At = None,
    server: Server = _SERVER,
    data: Data = _DATA,
) -> None:
    """Take one's own scan or redemption back."""
    with open_till(server, token, data, repeats=_repeats(again, at)) as till:
        prompt = ("请粘贴要撤销的编号", "Paste the id to take back.")
        names = [operation] if operation is not None else read_lines(*prompt, is_one=True)
        done = [till.undo(name) for name in names]
    raise typer.Exit(int(done != [True]))


@app.command()
def balance(card: Card = None, *, token: As, server: Server = _SERVER, data: Data = _DATA) -> None:
    """Tell what a card's household can spend, and what ends soon."""
    with open_till(server, token, data) as till:
        for one in _cards(card):
            tell_balance(till.client.balance(one))


def tell_balance(found: Balance) -> None:
    """Print what a household has, what ends soon and what it owes."""
    say(f"现在有 {found.available} 分", f"{found.available} points to spend")
    for ending in found.expiring_soon:
        last_day = (ending.at - timedelta(microseconds=1)).date()  # midnight ends the day before
        say(
            f"  其中 {ending.points} 分用到 {last_day} 为止",
            f"  {ending.points} of them last until {last_day}",
        )
    if found.owed:
        say(f"  欠 {found.owed} 分", f"  {found.owed} points owed")


def _repeats(again: str | None, at: str | None) -> Name | None:
    if again is not None and at is not None:
        return Name(again, at)
    if again is None and at is None:
        return None
    fail(
        "--id 和 --at 要一起写，照没有回答时说的写",
        "Say --id and --at together, as they were told when no answer came.",
        code=MISUSED,
    )


def _cards(
    card: str | None, *, is_one: bool = False, is_asked_between: bool = False
) -> Iterator[str]:
    """Give the card, or each that is scanned, typed or handed in until the input ends."""
    if card is not None:
        yield card
        return
    if is_asked_between and not sys.stdin.isatty():
        fail(
            "卡是从文件或管道读的，没法一张张问，请加 --yes",
            "Cards are read from a file or a pipe, so nobody can be asked: say --yes.",
            code=MISUSED,
        )
    yield from read_lines("请扫卡；按 Ctrl-D 结束", "Scan a card; Ctrl-D ends.", is_one=is_one)


def _weights(pairs: list[str]) -> dict[str, int]:
    weights: dict[str, int] = {}
    for pair in pairs:
        found = _WEIGHT.fullmatch(pair)
        if found is None or found[1] in weights:
            fail(
                f"{pair}：要写成 paper=1200，每种材料写一次",
                f"{pair}: write it like paper=1200, once for each material.",
                code=MISUSED,
            )
        weights[found[1]] = int(found[2])
    return weights


def _find(till: Till, named: str) -> Reward:
    rewards = till.client.rewards()
    for one in rewards:
        if named in (one.key, _short(one.key)):
            return one
    there = [f"{_short(one.key)}（{one.name}）" for one in rewards]
    english = [f"{_short(one.key)} ({one.name_en or one.name})" for one in rewards]
    fail(
        f"这个摊位没有 {named}。现有：{'、'.join(there) or '无'}",
        f"This booth hands out no {named}. There are: {', '.join(english) or 'none'}",
        code=MISUSED,
    )


def _short(key: str) -> str:
    return key.partition("/")[2]


def _hands_over() -> bool:
    # A scanner sends Enter as well, so a card that is scanned meanwhile is asked about again.
    if agreed("换吗？", "Hand over?", by_default=True):
        return True
    say("没有换", "Not handed over.")
    return False
