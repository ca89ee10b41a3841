"""Goods: what arrives, what goes to another booth, what a count finds."""

from typing import Annotated

import typer

from points.cli.door import DatabaseUrl, book, catalog_of, new_key, now
from points.cli.naming import BOOTH, REWARD, find_key
from points.cli.posting import Key, post_one
from points.domain.operations import QUANTITY_MAX, CountStock, MoveStock, ReceiveStock

app = typer.Typer(no_args_is_help=True, help="Goods at booths.")

Reward = Annotated[str, typer.Argument(help="For example soap, or volunteer-day-2019/soap.")]
Booth = Annotated[str, typer.Option(help="For example 4, or volunteer-day-2019/4.")]
Pieces = Annotated[int, typer.Option(min=1, max=QUANTITY_MAX, help="How many pieces.")]
Reserve = Annotated[str, typer.Option(help="For whom they are kept, for example elders.")]


@app.command()
def receive(
    reward: Reward,
    *,
    booth: Booth,
    quantity: Pieces,
    reserve: Reserve = "",
    key: Key = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Book goods that arrived at a booth."""
    with book(database_url) as opened_book:
        catalog = catalog_of(opened_book)
        arrived = ReceiveStock(
            reward=find_key(catalog.rewards, reward, REWARD),
            booth=find_key(catalog.booths, booth, BOOTH),
            quantity=quantity,
            reserve=reserve,
            occurred_at=now(),
        )
        post_one(opened_book, arrived, key=key or new_key())


@app.command()
def move(
    reward: Reward,
    *,
    source: Annotated[str, typer.Option("--from", help="The booth that gives.")],
    booth: Annotated[str, typer.Option("--to", help="The booth that gets.")],
    quantity: Pieces,
    key: Key = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Book goods that go from one booth to another."""
    with book(database_url) as opened_book:
        catalog = catalog_of(opened_book)
        moved = MoveStock(
            reward=find_key(catalog.rewards, reward, REWARD),
            source=find_key(catalog.booths, source, BOOTH),
            booth=find_key(catalog.booths, booth, BOOTH),
            quantity=quantity,
            occurred_at=now(),
        )
        post_one(opened_book, moved, key=key or new_key())


@app.command()
def count(
    reward: Reward,
    *,
    booth: Booth,
    counted: Annotated[int, typer.Option(min=0, max=QUANTITY_MAX, help="What is really there.")],
    reason: Annotated[str, typer.Option(help="Why the figures may differ.")],
    reserve: Reserve = "",
    key: Key = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Book a stock-take: the difference becomes an entry of its own."""
    with book(database_url) as opened_book:
        catalog = catalog_of(opened_book)
        taken = CountStock(
            reward=find_key(catalog.rewards, reward, REWARD),
            booth=find_key(catalog.booths, booth, BOOTH),
            counted=counted,
            reason=reason,
            reserve=reserve,
            occurred_at=now(),
        )
        post_one(opened_book, taken, key=key or new_key())
