from points.domain.allowances import Terms
from points.domain.cards import CardNumber
from points.domain.chain import micros
from points.domain.stored import AllowanceLine
from points.service.transactions import transaction
from points.storage.allowances import NewAllowance, add_allowance, spend_allowances
from points.storage.engine import Database
from points.storage.verifying_allowances import (
    read_allowance_acts,
    read_allowance_rows,
    set_spent,
)
from tests.market import DAY, NOW, WANG
from tests.save import open_market

TERMS = Terms(label="邻居小李", points_max=100, last_day=DAY)


def test_what_was_spent_is_read_and_set_anew(database: Database) -> None:
    open_market(database, points={WANG: 5})

    with transaction(database) as connection:
        first, second = (
            add_allowance(
                connection,
                WANG,
                NewAllowance(
                    number=CardNumber(f"{place:09}"),
                    fingerprint=bytes([place]) * 32,
                    terms=TERMS,
                    is_confirmed=False,
                ),
                at=NOW,
            )
            for place in (7, 8)
        )
        spend_allowances(connection, {second: 40})
        before = [*read_allowance_rows(connection)]
        set_spent(connection, {first: 30})
        after = [*read_allowance_rows(connection)]

        assert [*read_allowance_acts(connection)] == []

    assert before == [line_of(first, place=7), line_of(second, place=8, spent=40)]
    assert after == [line_of(first, place=7, spent=30), line_of(second, place=8)]


def line_of(number: int, *, place: int, spent: int = 0) -> AllowanceLine:
    return AllowanceLine(
        id=number,
        number=f"{place:09}",
        fingerprint=bytes([place]) * 32,
        household=WANG,
        points_max=100,
        last_day=DAY.isoformat(),
        is_confirmed=0,
        made_at=micros(NOW),
        ended_at=None,
        spent=spent,
    )
