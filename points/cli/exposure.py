"""What can be lost if every booth loses the network now."""

from typing import Annotated

import typer

from points.cli.door import DatabaseUrl, book, catalog_of, now
from points.cli.naming import EVENT, find_key
from points.cli.words import say, words
from points.domain.access import OPERATOR, Credential, Role
from points.domain.exposure import Exposure, PhoneExposure, in_yuan
from points.domain.ids import EventKey
from points.service.exposure import read_exposure

app = typer.Typer()


@app.command()
def exposure(
    event: Annotated[str | None, typer.Option(help="Only this event.")] = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Tell the worst case, by booth and phone: the goods that phones have with them."""
    with book(database_url) as opened_book:
        catalog = catalog_of(opened_book)
        chosen = None if event is None else find_key(catalog.events, event, EVENT)
        found = read_exposure(opened_book, _caller(chosen), now=now())
    _tell(found)


def _caller(event: EventKey | None) -> Credential:
    """Look at one event as whoever answers for it does, or at everything."""
    if event is None:
        return OPERATOR
    return Credential(id=OPERATOR.id, role=Role.SUPERVISOR, event=event)


def _tell(found: Exposure) -> None:
    for booth in found.booths:
        worth = in_yuan(found.fen(booth.points))
        say(
            f"{booth.booth}：{booth.points} 分，{worth} 元",
            f"{booth.booth}: {booth.points} points, {worth} yuan",
        )
        for phone in booth.phones:
            print(f"  {_line(phone)}")
    ceiling, worth = found.ceiling_points, in_yuan(found.fen(found.points))
    say(
        f"全部断网，最多损失 {found.points} 分，{worth} 元。"
        f"没有网络时，一台手机最多给一户换 {ceiling} 分的东西",
        f"At worst {found.points} points, {worth} yuan. Without a network one phone hands out "
        f"goods for at most {ceiling} points to one household.",
    )


def _line(phone: PhoneExposure) -> str:
    goods = [
        f"{words(it.reward.name, it.reward.name_en or it.reward.name)} {it.pieces} × {it.price}"
        for it in phone.held
    ]
    return f"{phone.device}  {phone.points}  ({', '.join(goods)})"
