"""Gifts at the desk: for households that have no page to give from."""

from typing import Annotated

import typer

from points.cli.door import DatabaseUrl, book, catalog_of, new_key, now
from points.cli.people import read_number
from points.cli.reasons import done
from points.cli.words import fail, say
from points.service.gifts import Wish, gift_rules, give_at_desk

app = typer.Typer(help="Give points of one household to another.")


@app.command()
def give(
    giver: Annotated[str, typer.Argument(help="The number of a card of whoever gives.")],
    to: Annotated[str | None, typer.Argument(help="Of whoever gets them; else the pool.")] = None,
    *,
    points: Annotated[int, typer.Option(min=1, help="How many.")],
    key: Annotated[
        str | None, typer.Option(help="Names the gift; the same again, it is given once.")
    ] = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Give points of one household to another, or to the community's pool."""
    with book(database_url) as opened_book:
        catalog_of(opened_book)
        pool = gift_rules(opened_book, now=now()).pool
        target = read_number([to]) if to is not None else pool
        if target is None:
            fail("方案里没有公共积分池", "The programme has no pool.")
        wish = Wish(giver=read_number([giver]), to=target, points=points)
        given = done(give_at_desk(opened_book, wish, key or new_key(), now=now()))
    say(
        f"✔ 送出 {points} 分，还剩 {given.balance} 分",
        f"✔ {points} points given, {given.balance} left.",
    )
