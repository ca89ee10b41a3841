"""Tell what it would cost if every booth lost the network now."""

from datetime import datetime

from points.domain.access import Credential, Role
from points.domain.exposure import Exposure, Held, dearest, exposure_of
from points.domain.ids import CredentialId
from points.domain.programme import Catalog, Shelf
from points.service.posting import Book
from points.service.transactions import snapshot
from points.storage.leases import Lease, load_leases


def read_exposure(book: Book, caller: Credential, *, now: datetime) -> Exposure:
    """Sum up what phones have with them: those of the caller's event, or the operator's all."""
    with snapshot(book.database) as connection:
        catalog = book.catalogs.current(connection)
        leases = load_leases(connection)
    shelves = {number: shelf for shelf, number in catalog.shelves.items()}
    found = (_held(catalog, shelves[lease.shelf], lease, now) for lease in leases)
    programme = catalog.programme_at(now)
    return exposure_of(
        (it for it in found if caller.role is Role.OPERATOR or it.event == caller.event),
        fen_per_point=programme.fen_per_point,
        ceiling_points=programme.offline_points_per_card_max,
    )


def _held(catalog: Catalog, shelf: Shelf, lease: Lease, now: datetime) -> Held:
    versions = catalog.rewards[shelf.reward]
    newest = versions.last_item
    assert newest is not None, "a reward starts with a version"
    return Held(
        device=CredentialId(f"device:{lease.device}"),
        event=newest.event,
        booth=shelf.booth,
        reward=newest,
        pieces=lease.pieces,
        # What was withdrawn for good is still worth what it was.
        price=dearest(versions, now) or newest.price,
    )
