"""What is kept of a household is read with that of those that went up in it, and of nobody else."""

from sqlalchemy import insert

from points.domain.ids import CardId
from points.service.transactions import transaction
from points.storage.columns import table_of
from points.storage.engine import Database
from points.storage.family import add_try
from points.storage.keeping import load_kept
from points.storage.people import ResidentRow, mark_merged
from points.storage.sessions import add_session
from tests.market import LI, NOW, WANG, ZHAO
from tests.save import save_people


def test_what_is_kept_is_of_the_household_and_those_that_went_up_in_it(database: Database) -> None:
    with transaction(database) as connection:
        save_people(connection)
        connection.execute(insert(table_of(ResidentRow)).values(household=LI, added_at=NOW))
        for household in (WANG, LI, ZHAO):
            add_try(connection, household, at=NOW)
            card = CardId(household)
            add_session(connection, bytes([card]), card=card, at=NOW, sealed_code=b"sealed")
        mark_merged(connection, {LI: WANG})

        kept = load_kept(connection, WANG)

    assert {kind: len(rows) for kind, rows in kept.items() if rows} == {
        "residents": 3,
        "visits": 2,
        "family_tries": 2,
    }
    assert b"sealed" not in {value for rows in kept.values() for row in rows for value in row}
