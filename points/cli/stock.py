"""Goods: what arrives, what goes to another booth, what a count finds."""

from typing import Annotated

import typer

from points.cli.door import DatabaseUrl, book, catalog_of, new_key, now
from points.cli.naming import BOOTH, REWARD, find_key
from points.cli.posting import Key, post_one
from points.domain.ids import BoothKey, RewardKey
from points.domain.operations import QUANTITY_MAX, CountStock, MoveStock, ReceiveStock
from points.domain.programme import Booth, Catalog, Versions

app = typer.Typer(no_args_is_help=True, help="Goods at booths.")

Reward = Annotated[str, typer.Argument(help="For example soap, or volunteer-day-2019/soap.")]
AtBooth = Annotated[str, typer.Option(help="For example 4, or volunteer-day-2019/4.")]
Pieces = Annotated[int, typer.Option(min=1, max=QUANTITY_MAX, help="How many pieces.")]
Reserve = Annotated[str, typer.Option(help="For whom they are kept, for example elders.")]


@app.command()
def receive(
    reward: Reward,
    *,
    booth: AtBooth,
    quantity: Pieces,
    reserve: Reserve = "",
    key: Key = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Book goods that arrived at a booth."""
    with book(database_url) as opened_book:
        goods, there = _find(catalog_of(opened_book), reward)
        arrived = ReceiveStock(
            reward=goods,
            booth=find_key(there, booth, BOOTH),
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
        goods, there = _find(catalog_of(opened_book), reward)
        moved = MoveStock(
            reward=goods,
            source=find_key(there, source, BOOTH),
            booth=find_key(there, booth, BOOTH),
            quantity=quantity,
            occurred_at=now(),
        )
        post_one(opened_book, moved, key=key or new_key())


@app.command()
def count(
    reward: Reward,
    *,
    booth: AtBooth,
    counted: Annotated[int, typer.Option(min=0, max=QUANTITY_MAX, help="What is really there.")],
    reason: Annotated[str, typer.Option(help="Why the figures may differ.")],
    reserve: Reserve = "",
    key: Key = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Book a stock-take: the difference becomes an entry of its own."""
    with book(database_url) as opened_book:
        goods, there = _find(catalog_of(opened_book), reward)
        taken = CountStock(
            reward=goods,
            booth=find_key(there, booth, BOOTH),
            counted=counted,
            reason=reason,
            reserve=reserve,
            occurred_at=now(),
        )
        post_one(opened_book, taken, key=key or new_key())


def _find(catalog: Catalog, named: str) -> tuple[RewardKey, dict[BoothKey, Versions[Booth]]]:
    """Find a reward, and the booths at which it has a shelf."""
    reward = find_key(catalog.rewards, named, REWARD)
    booths = {shelf.booth for shelf in catalog.shelves if shelf.reward == reward}
    return reward, {key: versions for key, versions in catalog.booths.items() if key in booths}
