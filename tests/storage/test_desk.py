"""What was done at booths and desks, remembered by who did it."""

from dataclasses import replace

import pytest
from sqlalchemy.exc import IntegrityError

from points.domain.binding import DeskAct
from points.domain.ids import CardId, CredentialId
from points.service.transactions import transaction
from points.storage.desk import Done, add_desk_act, find_desk_act
from points.storage.engine import Database
from tests.market import NOW, WANG
from tests.save import save_people

PHONE, OTHER = CredentialId("device:1"), CredentialId("device:2")
DONE = Done(
    act=DeskAct.BOUND,
    by=PHONE,
    household=WANG,
    at=NOW,
    card=CardId(1),
    key="a",
    fingerprint=b"x" * 32,
)


def test_what_was_done_is_found_by_who_did_it_and_under_which_name(database: Database) -> None:
    with transaction(database) as connection:
        save_people(connection)
        add_desk_act(connection, DONE)
        for _ in range(2):  # what has no name may be done any number of times
            add_desk_act(connection, Done(act=DeskAct.ERASED, by=PHONE, household=WANG, at=NOW))

        found = [find_desk_act(connection, *ref) for ref in ((PHONE, "a"), (OTHER, "a"))]

    assert found == [DONE, None]


def test_a_name_is_good_for_one_act(database: Database) -> None:
    with transaction(database) as connection:
        save_people(connection)
        add_desk_act(connection, DONE)

    with pytest.raises(IntegrityError), transaction(database) as connection:
        add_desk_act(connection, replace(DONE, act=DeskAct.JOINED))
