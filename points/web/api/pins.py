"""Try the PIN that was typed for a redemption. It stops here: the book is told what came of it."""

from dataclasses import replace

from points.domain.access import may_do
from points.domain.facts import Asked
from points.domain.operations import Kind, Redeem
from points.service.confirming import check_pin
from points.service.posting import Book


def with_pin(book: Book, asked: Asked, typed: str | None) -> Asked:
    """Give what is asked for with what came of its PIN; nobody else's PIN can be tried here."""
    operation, caller = asked.operation, asked.credential
    if typed is None or not isinstance(operation, Redeem) or operation.is_offline:
        return asked
    if caller.is_revoked or not may_do(caller, Kind.REDEEM):
        return asked
    found = check_pin(book.database, operation.card, typed, now=book.clock())
    return replace(asked, pin=found)
