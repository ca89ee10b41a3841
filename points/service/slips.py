"""Print blank slips. Only the paper knows their codes; only paper that was printed is given out."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection

from points.domain.operations import slip_by_code
from points.domain.slip_codes import SLIP_BYTES, SlipCode, make_slip_code, slip_fingerprint
from points.service.cards import PART, RandomBytes
from points.service.transactions import settle
from points.storage.engine import Database
from points.storage.slips import add_papers

_ILL_READ = frozenset("ILOU")
"""Check characters that hands and eyes take for others; such a code is drawn again."""


def print_slips(
    database: Database, count: int, *, now: datetime, random_bytes: RandomBytes
) -> Iterator[list[SlipCode]]:
    """Make blank slips, and give each part as soon as it is kept."""
    for start in range(0, count, PART):
        codes = [_draw(random_bytes) for _ in range(min(PART, count - start))]

        def act(connection: Connection, codes: list[SlipCode] = codes) -> list[SlipCode]:
            refs = [slip_by_code(slip_fingerprint(code)) for code in codes]
            add_papers(connection, refs, at=now)
            return codes

        yield settle(database, act)


def _draw(random_bytes: RandomBytes) -> SlipCode:
    while True:
        code = make_slip_code(random_bytes(SLIP_BYTES))
        if code[-1] not in _ILL_READ:
            return code
