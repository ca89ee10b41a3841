"""Goods: what arrives, what goes to another booth, what a count finds."""

from typing import Annotated

import typer

from points.cli.door import DatabaseUrl, book, catalog_of, new_key, now
from points.cli.naming import BOOTH, REWARD, find_key
from points.cli.posting import Key, post_all, post_one
from points.cli.reasons import done
from points.cli.words import MISUSED, fail, say
from points.domain.ids import BoothKey, CredentialId, RewardKey
from points.domain.operations import (
    QUANTITY_MAX,
    CountStock,
    LeaseStock,
    MoveStock,
    Operation,
    ReceiveStock,
    ReturnStock,
)
from points.domain.programme import Booth, Catalog, Versions
from points.service.leases import find_device, lent_to

app = typer.Typer(no_args_is_help=True, help="Goods at booths.")

Reward = Annotated[str, typer.Argument(help="For example soap, or volunteer-day-2019/soap.")]
Device = Annotated[str, typer.Option(help="The phone, for example device:7.")]
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


@app.command()
def lease(
    reward: Reward,
    *,
    device: Device,
    quantity: Pieces,
    key: Key = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Book goods that a phone takes along from its booth, to hand them out without a network."""
    with book(database_url) as opened_book:
        goods = find_key(catalog_of(opened_book).rewards, reward, REWARD)
        phone = done(find_device(opened_book, CredentialId(device)))
        taken = LeaseStock(
            reward=goods,
            booth=phone.booth or BoothKey(""),
            device=phone.id,
            quantity=quantity,
            occurred_at=now(),
        )
        post_one(opened_book, taken, key=key or new_key())


@app.command("return")
def bring_back(
    device: Annotated[str, typer.Argument(help="The phone, for example device:7.")],
    *,
    reward: Annotated[
        str | None, typer.Option(help="Only this reward; everything that it has if left out.")
    ] = None,
    quantity: Annotated[
        int | None,
        typer.Option(min=1, max=QUANTITY_MAX, help="Only so many pieces; all if left out."),
    ] = None,
    key: Key = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Book goods that a phone had with it, a lost one too, as back at their booth."""
    with book(database_url) as opened_book:
        catalog = catalog_of(opened_book)
        wanted = None if reward is None else find_key(catalog.rewards, reward, REWARD)
        lent = lent_to(opened_book, done(find_device(opened_book, CredentialId(device))).id)
        found = [it for it in lent if wanted in (None, it.reward)]
        if quantity is not None and len(found) != 1:
            fail(
                "--quantity 要和 --reward 一起写",
                "Say --quantity together with --reward.",
                code=MISUSED,
            )
        name = key or new_key()
        back: dict[str, Operation] = {
            f"{name}:{it.reward}": ReturnStock(
                reward=it.reward,
                booth=it.booth,
                device=CredentialId(device),
                quantity=quantity or it.pieces,
                occurred_at=now(),
            )
            for it in found
        }
        if back:
            post_all(opened_book, back)
    pieces = sum(quantity or it.pieces for it in found)
    say(f"✔ {device} 退回 {pieces} 件", f"✔ {device} has given back {pieces} pieces.")


def _find(catalog: Catalog, named: str) -> tuple[RewardKey, dict[BoothKey, Versions[Booth]]]:
    """Find a reward, and the booths at which it has a shelf."""
    reward = find_key(catalog.rewards, named, REWARD)
    booths = {shelf.booth for shelf in catalog.shelves if shelf.reward == reward}
    return reward, {key: versions for key, versions in catalog.booths.items() if key in booths}
