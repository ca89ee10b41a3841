"""The newest lines are those of the whole statement, read in another way."""

import pytest

from points.domain.ids import HouseholdId
from points.service.posting import post
from points.service.transactions import snapshot
from points.storage.engine import Database
from points.storage.passbooks import load_newest_lines
from points.storage.reading import load_lines
from tests.build import ask, make_earn, make_redeem, make_undo
from tests.market import LI, LI_CARD, WANG
from tests.save import open_market


@pytest.mark.parametrize("members", [(WANG,), (LI,), (WANG, LI), (HouseholdId(9),)])
@pytest.mark.parametrize("limit", [1, 3, 20])
def test_the_newest_lines_are_those_that_the_statement_begins_with(
    database: Database, members: tuple[HouseholdId, ...], limit: int
) -> None:
    book = open_market(database, points={WANG: 100, LI: 50})
    post(book, [ask(make_earn(), key="one"), ask(make_redeem()), ask(make_earn(card=LI_CARD))])
    post(book, [ask(make_undo("one"))])

    with snapshot(database) as connection:
        [newest, nobodys] = load_newest_lines(connection, [members, ()], limit=limit)
        statement = load_lines(connection, members, before=None, limit=limit)

    assert nobodys == []
    assert [posted for posted, _ in newest] == list(statement.posted)
    undone = {posted.id for posted, is_undone in newest if is_undone}
    assert undone == set(statement.undone_by)
