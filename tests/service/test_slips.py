"""Blank slips: printed in parts, each kept before it is handed over, their codes nowhere kept."""

from itertools import chain

import pytest

from points.domain.access import Role
from points.domain.facts import Accepted, Outcome, Refused
from points.domain.operations import IssueSlip, OperationKey, slip_by_code
from points.domain.outcomes import Refusal
from points.domain.slip_codes import (
    SLIP_BYTES,
    SlipCode,
    make_slip_code,
    read_slip_code,
    slip_fingerprint,
)
from points.service import slips as service
from points.service.posting import Book, post
from points.service.slips import print_slips
from points.service.transactions import snapshot
from points.storage.engine import Database
from points.storage.slips import papers_among
from tests.build import ask, make_device
from tests.desk import Dice, everything
from tests.market import DAY, NOW
from tests.save import open_market

PHONE = make_device(role=Role.EARN)


def print_some(database: Database, count: int) -> list[SlipCode]:
    return [*chain(*print_slips(database, count, now=NOW, random_bytes=Dice()))]


def give_out(book: Book, code: SlipCode, scan: int = 0) -> Outcome:
    issue = IssueSlip(
        slip=slip_by_code(slip_fingerprint(code)),
        points=10,
        last_day=DAY,
        occurred_at=NOW,
        attempt=OperationKey(f"scan {scan}"),
    )
    return post(book, [ask(issue, by=PHONE)])[0]


def test_a_printed_slip_is_given_out_once_by_a_booth(database: Database) -> None:
    book = open_market(database)
    one, other = print_some(database, 2)

    told = [give_out(book, code, number) for number, code in enumerate((one, other, one))]

    assert [type(outcome) for outcome in told] == [Accepted, Accepted, Refused]
    assert told[2] == Refused(reason=Refusal.SLIP_EXISTS)


def test_a_slip_of_ones_own_making_is_given_out_by_no_booth(database: Database) -> None:
    book = open_market(database)

    assert give_out(book, make_slip_code(bytes(10))) == Refused(reason=Refusal.SLIP_UNKNOWN)


def test_no_code_is_ever_stored(database: Database) -> None:
    [code] = print_some(database, 1)

    stored = repr(everything(database))

    assert code not in stored
    assert slip_fingerprint(code).hex() in stored


def test_each_part_is_kept_before_the_next_is_begun(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "PART", 4)

    kept = []
    for part in print_slips(database, 10, now=NOW, random_bytes=Dice()):
        refs = {slip_by_code(slip_fingerprint(code)) for code in part}
        with snapshot(database) as connection:
            assert papers_among(connection, refs) == refs
        kept.append(len(part))

    assert kept == [4, 4, 2]


def test_a_code_that_ends_on_a_letter_easily_misread_is_drawn_again(database: Database) -> None:
    codes = print_some(database, 200)

    assert {read_slip_code(code) for code in codes} == set(codes)
    assert {code[-1] for code in codes}.isdisjoint("ILOU")
    drawn = Dice()
    assert any(make_slip_code(drawn(SLIP_BYTES))[-1] in "ILOU" for _ in range(200))
