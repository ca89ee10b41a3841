"""Devices and partners: who may talk to the service, and for which booth."""

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Literal, TypeVar

import typer

from points.cli.door import DatabaseUrl, book, catalog_of, now, opened, random_bytes, settings
from points.cli.files import Force, new_file
from points.cli.invites import address_for_phones, draw_link, invite_link
from points.cli.naming import booths_of, find_event, listed
from points.cli.phones import phone_line
from points.cli.reasons import done
from points.cli.words import MISUSED, fail, note, say
from points.domain.access import Role
from points.domain.desk import DeskFault, NotDone
from points.domain.ids import CredentialId
from points.domain.outcomes import Refusal
from points.domain.pairing import Pairing
from points.domain.programme import Booth
from points.service.credentials import Admitted, add_device, add_partner_key, revoke
from points.service.pairing import invite_phone
from points.service.phones import watch_phones
from points.service.posting import Book

Result = TypeVar("Result")

devices_app = typer.Typer(no_args_is_help=True, help="Phones of booths.")
keys_app = typer.Typer(no_args_is_help=True, help="Keys of partners.")

Event = Annotated[
    str | None, typer.Option(help="The event's id; may be left out where only one has booths.")
]
DeviceRole = Annotated[
    Literal["earn", "redeem", "supervisor"],
    typer.Option(help="What it may do; each may do what stands before it, too."),
]
BoothNumber = Annotated[int | None, typer.Option(min=1, help="The booth's number.")]
Name = Annotated[str, typer.Option(help="What to call it; by default its role and booth.")]
TokenFile = Annotated[
    Path | None, typer.Option(help="Write the token to this new file instead of printing it.")
]

_ABOUT_BOOTHS = frozenset(
    {DeskFault.BOOTH_NEEDED, DeskFault.BOOTH_DOES_NOT_REDEEM, Refusal.BOOTH_UNKNOWN}
)


@devices_app.command("invite")
def invite(
    *,
    role: DeviceRole,
    booth: BoothNumber = None,
    event: Event = None,
    name: Name = "",
    database_url: DatabaseUrl = None,
) -> None:
    """Show a QR that a phone's camera opens: it lets one phone in, for a quarter of an hour."""
    chosen = settings(database_url)
    with book(database_url) as opened_book:
        pairing, there = _pairing(opened_book, role, booth, event, name)
        invited = _admitted(
            invite_phone(opened_book.database, pairing, now=now(), random_bytes=random_bytes),
            there,
        )
    if chosen.public_url is None:
        note(
            "没有设 POINTS_PUBLIC_URL：这个链接只在这台机器上能打开",
            "POINTS_PUBLIC_URL is not set: this link opens on this machine alone.",
        )
    until = f"{invited.ends_at.astimezone():%H:%M}"
    say(
        f"{pairing.name}：请用手机相机扫，{until} 前有效，只配一台",
        f"{pairing.name}: scan it with the phone's camera before {until}. It is for one phone.",
    )
    link = invite_link(address_for_phones(chosen), invited.text)
    draw_link(link)
    print(link)


@devices_app.command("add")
def add(
    *,
    role: DeviceRole,
    booth: BoothNumber = None,
    event: Event = None,
    name: Name = "",
    out: TokenFile = None,
    force: Force = False,
    database_url: DatabaseUrl = None,
) -> None:
    """Let a till or a script in. Its token is told once and kept only as a hash."""
    with book(database_url) as opened_book:
        pairing, there = _pairing(opened_book, role, booth, event, name)

        def admit() -> Admitted | NotDone:
            return add_device(opened_book.database, pairing, now=now(), random_bytes=random_bytes)

        _let_in(admit, there, out, force=force)


@keys_app.command("add")
def add_key(
    *,
    scope: Annotated[Literal["redeem"], typer.Option(help="What the key may do.")],
    booth: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="The booth whose goods the partner hands out; by default the first that redeems.",
        ),
    ] = None,
    event: Event = None,
    name: Name = "",
    out: TokenFile = None,
    force: Force = False,
    database_url: DatabaseUrl = None,
) -> None:
    """Let a partner in. The key is told once and kept only as a hash."""
    with book(database_url) as opened_book:
        catalog = catalog_of(opened_book)
        chosen = find_event(catalog, event)
        there = booths_of(catalog, chosen)
        at = _first_redeeming(there) if booth is None else _booth(there, booth)
        pairing = Pairing(
            name=name or f"{scope} {at.number}", role=Role.PARTNER, event=chosen, booth=at.key
        )

        def admit() -> Admitted | NotDone:
            return add_partner_key(
                opened_book.database, pairing, now=now(), random_bytes=random_bytes
            )

        _let_in(admit, there, out, force=force)


@devices_app.command("list")
def list_phones(*, event: Event = None, database_url: DatabaseUrl = None) -> None:
    """List an event's phones: who holds them, when they reported, and what they still hold."""
    with book(database_url) as opened_book:
        catalog = catalog_of(opened_book)
        chosen, zone = find_event(catalog, event), catalog.programme_at(now()).zone
        for one in watch_phones(opened_book, chosen, now=now()):
            print(phone_line(one, zone))


@devices_app.command("revoke")
@keys_app.command("revoke")
def shut_out(
    credential: Annotated[str, typer.Argument(help="For example device:7 or partner:2.")],
    database_url: DatabaseUrl = None,
) -> None:
    """Shut a phone or a partner out from this moment on."""
    # Whatever the clock shows: a thief does not wait until it is set, and nothing else is counted
    # from the instant at which somebody was shut out.
    with opened(database_url) as database:
        done(revoke(database, CredentialId(credential), now=now()))
    say(f"{credential} 已停用", f"{credential} is shut out.")


def _pairing(
    opened_book: Book, role: str, booth: int | None, event: str | None, name: str
) -> tuple[Pairing, list[Booth]]:
    """Say who is to be let in; beside it, the booths among which one may choose."""
    catalog = catalog_of(opened_book)
    chosen = find_event(catalog, event)
    there = booths_of(catalog, chosen)
    at = None if booth is None else _booth(there, booth)
    pairing = Pairing(
        name=name or f"{role} {booth or chosen}",
        role=Role(role),
        event=chosen,
        booth=at.key if at else None,
    )
    return pairing, there


def _booth(there: list[Booth], number: int) -> Booth:
    for booth in there:
        if booth.number == number:
            return booth
    numbers = listed(booth.number for booth in there)
    fail(
        f"没有 {number} 号展位。现有：{numbers}",
        f"There is no booth {number}. There are: {numbers}",
        code=MISUSED,
    )


def _first_redeeming(there: list[Booth]) -> Booth:
    redeeming = [booth for booth in there if booth.redeems]
    if not redeeming:
        fail("这个活动没有兑换展位", "No booth of this event hands goods out.", code=MISUSED)
    first, *others = redeeming
    if others:
        numbers = listed(booth.number for booth in others)
        note(
            f"没有写 --booth，用 {first.number} 号展位（还可以选 {numbers}）",
            f"No --booth was said, so it is booth {first.number} (it could also be {numbers}).",
        )
    return first


def _let_in(
    admit: Callable[[], Admitted | NotDone], there: list[Booth], out: Path | None, *, force: bool
) -> None:
    with ExitStack() as stack:
        file = None if out is None else stack.enter_context(new_file(out, overwrites=force))
        let_in = _admitted(admit(), there)
        if file is not None:
            file.write(f"{let_in.token}\n".encode())
    number = let_in.credential.id
    if out is not None:
        say(f"{number} 的令牌在 {out}", f"{number}: its token is in {out}")
        return
    note(f"{number} 的令牌，只显示这一次：", f"{number}: its token, shown only this once:")
    print(let_in.token)


def _admitted(result: Result | NotDone, there: list[Booth]) -> Result:
    if isinstance(result, NotDone) and result.reason in _ABOUT_BOOTHS:
        numbers = listed(booth.number for booth in there if booth.redeems)
        note(f"可以兑换的展位：{numbers}", f"Booths that hand goods out: {numbers}")
    return done(result)
