"""Devices and partners: who may talk to the service, and for which booth."""

from pathlib import Path
from typing import Annotated

import typer

from points.cli.booth import keep_secret
from points.cli.door import DatabaseUrl, book, catalog_of, now, opened, random_bytes
from points.cli.reasons import done
from points.cli.words import fail, say
from points.domain.access import Role
from points.domain.desk import NotDone
from points.domain.ids import BoothKey, CredentialId, EventKey
from points.domain.pairing import Pairing
from points.domain.programme import Catalog
from points.service.credentials import Admitted, add_device, add_partner_key, revoke

devices_app = typer.Typer(no_args_is_help=True, help="Phones of booths.")
keys_app = typer.Typer(no_args_is_help=True, help="Keys of partners.")

Event = Annotated[
    str | None, typer.Option(help="The event's id; may be left out where only one has booths.")
]
TokenFile = Annotated[
    Path | None, typer.Option(help="Write the token to this file instead of printing it.")
]


@devices_app.command("add")
def add(
    *,
    role: Annotated[Role, typer.Option(help="earn, redeem or supervisor.")],
    booth: Annotated[int | None, typer.Option(help="The booth's number.")] = None,
    event: Event = None,
    name: Annotated[str, typer.Option(help="What to call it.")] = "",
    out: TokenFile = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Let a phone in. Its token is told once and kept only as a hash."""
    with book(database_url) as opened_book:
        pairing = _pairing(catalog_of(opened_book), role, booth, event, name)
        admitted = add_device(opened_book.database, pairing, now=now(), random_bytes=random_bytes)
    _tell(admitted, out)


@keys_app.command("add")
def add_key(
    *,
    scope: Annotated[str, typer.Option(help="What the key may do; for now: redeem.")],
    booth: Annotated[int, typer.Option(help="The booth whose goods the partner hands out.")],
    event: Event = None,
    name: Annotated[str, typer.Option(help="What to call it.")] = "",
    out: TokenFile = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Let a partner in. The key is told once and kept only as a hash."""
    if scope != "redeem":
        fail(
            f"没有 {scope} 这种范围，只有 redeem",
            f"There is no scope {scope}, only redeem.",
            code=2,
        )
    with book(database_url) as opened_book:
        pairing = _pairing(catalog_of(opened_book), Role.PARTNER, booth, event, name)
        admitted = add_partner_key(
            opened_book.database, pairing, now=now(), random_bytes=random_bytes
        )
    _tell(admitted, out)


@devices_app.command("revoke")
@keys_app.command("revoke")
def shut_out(
    credential: Annotated[str, typer.Argument(help="For example device:7.")],
    database_url: DatabaseUrl = None,
) -> None:
    """Shut a phone or a partner out from this moment on."""
    with opened(database_url) as database:
        done(revoke(database, CredentialId(credential), now=now()))
    say(f"{credential} 已停用", f"{credential} is shut out.")


def _pairing(
    catalog: Catalog, role: Role, booth: int | None, event: str | None, name: str
) -> Pairing:
    key = EventKey(event) if event else _only_event(catalog)
    return Pairing(
        name=name or f"{role} {booth or key}",
        role=role,
        event=key,
        booth=None if booth is None else BoothKey(f"{key}/{booth}"),
    )


def _only_event(catalog: Catalog) -> EventKey:
    booths = (versions.latest.item for versions in catalog.booths.values())
    events = sorted({booth.event for booth in booths if booth is not None})
    if len(events) != 1:
        listed = ", ".join(sorted(catalog.events))
        fail(f"请用 --event 说明是哪个活动：{listed}", f"Say which --event: {listed}", code=2)
    return events[0]


def _tell(admitted: Admitted | NotDone, out: Path | None) -> None:
    let_in = done(admitted)
    number = let_in.credential.id
    if out is not None:
        keep_secret(out, let_in.token)
        say(f"{number} 的令牌在 {out}", f"{number}: its token is in {out}")
        return
    say(f"{number} 的令牌（只显示这一次）：", f"{number}: its token, shown only this once:")
    print(let_in.token)
