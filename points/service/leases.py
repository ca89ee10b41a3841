"""What phones have with them, for whoever answers for the goods."""

from dataclasses import dataclass

from points.domain.access import DEVICE_ROLES, Credential
from points.domain.desk import DeskFault, NotDone
from points.domain.ids import BoothKey, CredentialId, RewardKey, device_number
from points.service.posting import Book
from points.service.transactions import snapshot
from points.storage.access import load_credential
from points.storage.leases import load_leases


@dataclass(frozen=True, slots=True, kw_only=True)
class Lent:
    """Pieces that a phone has with it, and the booth that they came from."""

    reward: RewardKey
    booth: BoothKey
    pieces: int


def find_device(book: Book, device: CredentialId) -> Credential | NotDone:
    """Find a phone by its name, one that was shut out too."""
    with snapshot(book.database) as connection:
        found = load_credential(connection, device)
    if found is None or found.role not in DEVICE_ROLES:
        return NotDone(reason=DeskFault.CREDENTIAL_UNKNOWN)
    return found


def lent_to(book: Book, device: CredentialId) -> list[Lent]:
    """List what a phone has with it."""
    number = device_number(device)
    if number is None:
        return []
    with snapshot(book.database) as connection:
        shelves = book.catalogs.current(connection).shelves
        found = load_leases(connection, device=number)
    place = {shelf: it for it, shelf in shelves.items()}
    return [
        Lent(reward=place[it.shelf].reward, booth=place[it.shelf].booth, pieces=it.pieces)
        for it in found
    ]
