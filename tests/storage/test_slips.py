from points.domain.operations import slip_by_code
from points.service.transactions import snapshot, transaction
from points.storage.engine import Database
from points.storage.slips import add_papers, papers_among
from tests.market import NOW

ONE, OTHER, HOME_MADE = (slip_by_code(bytes([number]) * 32) for number in (1, 2, 3))


def test_slips_that_were_printed_are_known_and_no_others(database: Database) -> None:
    with transaction(database) as connection:
        add_papers(connection, [ONE, OTHER], at=NOW)

    with snapshot(database) as connection:
        assert papers_among(connection, [ONE, HOME_MADE]) == {ONE}
        assert papers_among(connection, []) == frozenset()
