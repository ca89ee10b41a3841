"""Take in what a phone saved as a file: its acts through the one door, its journal as ever."""

from collections.abc import Sequence
from datetime import datetime

from points.domain.access import DEVICE_ROLES, Credential
from points.domain.desk import DeskFault, NotDone
from points.domain.facts import Asked, Outcome
from points.domain.ids import CredentialId
from points.domain.journals import Entry
from points.service.phones import keep_journal
from points.service.posting import Book, post
from points.service.transactions import snapshot
from points.storage.access import load_credential

AT_ONCE = 500
"""Operations, or lines of a journal, that share a transaction: as many as a phone sends."""


def phone_of(book: Book, device: CredentialId) -> Credential | NotDone:
    """Find the phone that a file names, shut out or not."""
    with snapshot(book.database) as connection:
        found = load_credential(connection, device)
    if found is None or found.role not in DEVICE_ROLES:
        return NotDone(reason=DeskFault.CREDENTIAL_UNKNOWN)
    return found


def post_queue(book: Book, batch: Sequence[Asked]) -> list[Outcome]:
    """Post what a phone held, in order, and answer each; what was decided before is replayed."""
    parts = (batch[start : start + AT_ONCE] for start in range(0, len(batch), AT_ONCE))
    return [outcome for part in parts for outcome in post(book, part)]


def keep_lines(book: Book, phone: Credential, lines: Sequence[Entry], *, now: datetime) -> int:
    """Keep a phone's journal as far as it follows from what is here; tell its last line here."""
    number = 0
    for start in range(0, len(lines), AT_ONCE):
        intake = keep_journal(book, phone, lines[start : start + AT_ONCE], now=now)
        number = intake.head.n
    return number
