import pytest

from points.domain.findings import Code, Findings
from points.domain.ids import HouseholdId, owed, wallet
from points.domain.recounting import LotTally, Tally, WalletTally, by_act
from points.domain.shapes import EXPIRED, ISSUED, REDEEMED
from points.domain.stored import ActLine, SideLine
from tests.build import make_earn
from tests.lines import lines_of, open_book
from tests.market import WANG

MINE = wallet(HouseholdId(1))
LOT = 1 << 15


def side(
    seq: int | None, *, amount: int = 10, credit: bool = True, lot: int = LOT, operation: int = 1
) -> SideLine:
    other = ISSUED if credit else REDEEMED
    return SideLine(MINE, seq, operation, 0, int(credit), amount, lot, other)


def tally_of(*sides: SideLine) -> tuple[Tally, list[Code]]:
    tally, findings = Tally(sides[0].account), Findings()
    for one in sides:
        tally.add(one, findings)
    return tally, [one.code for one in findings.items]


def test_what_arrives_adds_and_what_leaves_takes_away() -> None:
    tally, found = tally_of(side(1), side(2, amount=4, credit=False))

    assert (tally.balance, tally.version, found) == (6, 2, [])


def test_what_is_owed_counts_the_other_way_round() -> None:
    account = owed(HouseholdId(1))
    lends = SideLine(account, 1, 1, 0, 0, 10, None, ISSUED)
    pays = SideLine(account, 2, 2, 0, 1, 4, None, ISSUED)

    tally, found = tally_of(lends, pays)

    assert (tally.balance, found) == (6, [])


@pytest.mark.parametrize("seqs", [(1, 3, 4), (1, 1, 2), (2, 3, 4), (1, None, 2), (2, 1, 3)])
def test_a_number_left_out_or_repeated_is_named(seqs: tuple[int | None, ...]) -> None:
    _, found = tally_of(*(side(seq) for seq in seqs))

    assert set(found) == {Code.SEQUENCE_BROKEN}


def test_an_account_below_zero_is_named_though_it_recovers() -> None:
    _, found = tally_of(side(1, amount=5), side(2, amount=6, credit=False), side(3))

    assert found == [Code.ACCOUNT_NEGATIVE]


def act() -> ActLine:
    book = open_book()
    book.tell(make_earn())
    return next(one for one in lines_of(book).acts() if one.household == WANG)


def wallet_of(*sides: SideLine) -> tuple[WalletTally, list[Code]]:
    findings = Findings()
    tally = WalletTally(MINE, findings)
    for one in sides:
        tally.add(one, act())
    return tally, [one.code for one in findings.items]


def test_a_lot_is_made_taken_from_refilled_and_ends() -> None:
    ended = side(4, amount=3, credit=False)._replace(other=EXPIRED)
    back = side(3, amount=2, operation=9)

    made = side(1)._replace(expires_at=7)

    tally, found = wallet_of(made, side(2, amount=9, credit=False), back, ended)

    assert found == []
    assert tally.lots == {
        LOT: LotTally(id=LOT, amount=10, remaining=0, expires_at=7, made_by=act(), expired=3)
    }


def test_a_lot_never_gives_more_than_it_holds_nor_holds_more_than_it_had() -> None:
    too_much = side(2, amount=11, credit=False)
    too_full = side(2, amount=1, operation=9)

    assert Code.LOT_OVERDRAWN in wallet_of(side(1), too_much)[1]
    assert wallet_of(side(1), too_full)[1] == [Code.LOT_OVERDRAWN]


def test_a_lot_that_no_entry_made_gives_nothing() -> None:
    other = side(2, amount=1, credit=False, lot=77)

    assert wallet_of(side(1), other)[1] == [Code.LOT_OVERDRAWN]


def test_entries_go_with_their_operations_and_those_of_none_come_last() -> None:
    acts = [act()._replace(id=number) for number in (1, 2, 3)]
    sides = [side(1, operation=1), side(2, operation=1), side(3, operation=3), side(4, operation=9)]

    assert list(by_act(sides, acts)) == [
        (acts[0], sides[:2]),
        (acts[1], []),
        (acts[2], sides[2:3]),
        (None, sides[3:]),
    ]
