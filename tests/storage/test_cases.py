from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from points.domain.cases import Case, CaseId, CaseKind, Wish
from points.domain.ids import CredentialId, EventKey, HouseholdId
from points.domain.operations import OperationKey, RequestKey
from points.service.transactions import snapshot, transaction
from points.storage.cases import (
    add_settlement,
    cases_of,
    find_case,
    load_cases,
    open_case,
    open_cases,
)
from points.storage.engine import Database
from tests.market import NOW
from tests.matters import make_case, make_settlement

LATER = NOW + timedelta(hours=1)
ELSEWHERE = make_case(reference="elsewhere", event=EventKey("corridors"), booth=None)
IN_DOUBT = make_case(
    kind=CaseKind.REVIEW,
    reference="operation:device:4:k1",
    household=HouseholdId(1),
    key=OperationKey("k1"),
    body='{"kind":"redeem"}',
    is_offline=True,
    details={"doubts": "price_changed", "price": 30},
)


def test_a_case_is_found_as_it_was_opened(database: Database) -> None:
    with transaction(database) as connection:
        number = open_case(connection, IN_DOUBT, at=NOW)

        assert find_case(connection, number) == Case(id=number, opened_at=NOW, about=IN_DOUBT)


def test_the_same_cause_opens_one_case_whatever_is_said_of_it_later(database: Database) -> None:
    with transaction(database) as connection:
        first = open_case(connection, make_case(), at=NOW)
        again = open_case(connection, make_case(details={"number": 13}), at=LATER)

        assert again == first
        assert find_case(connection, first) == Case(id=first, opened_at=NOW, about=make_case())


def test_several_are_opened_at_once_and_those_that_are_new_are_to_be_noted(
    database: Database,
) -> None:
    with transaction(database) as connection:
        known = open_case(connection, make_case(), at=NOW)
        [new] = open_cases(connection, [ELSEWHERE, make_case(), ELSEWHERE], at=LATER)

        assert (new.kind, new.subject) == ("case", known + 1)
        assert [case.about for case in load_cases(connection, Wish())] == [ELSEWHERE, make_case()]


def test_a_case_is_settled_once(database: Database) -> None:
    with transaction(database) as connection:
        number = open_case(connection, make_case(), at=NOW)
        add_settlement(connection, number, make_settlement())

        settled = Case(id=number, opened_at=NOW, about=make_case(), settlement=make_settlement())
        assert find_case(connection, number) == settled

    with pytest.raises(IntegrityError), transaction(database) as connection:
        add_settlement(connection, number, make_settlement(note="me too"))


def test_cases_are_listed_by_event_and_by_whether_they_are_settled(database: Database) -> None:
    with transaction(database) as connection:
        first = open_case(connection, make_case(), at=NOW)
        second = open_case(connection, ELSEWHERE, at=NOW)
        third = open_case(connection, IN_DOUBT, at=LATER)
        add_settlement(connection, first, make_settlement())

    def numbers(**wanted: Any) -> list[int]:
        with snapshot(database) as connection:
            return [case.id for case in load_cases(connection, Wish(**wanted))]

    assert numbers() == [third, second, first]
    assert numbers(limit=2) == [third, second]
    assert numbers(is_open=True) == [third, second]
    assert numbers(is_open=False) == [first]
    assert numbers(event=make_case().event, is_open=True) == [third]
    assert numbers(before=third) == [second, first]


def test_an_operation_has_its_newest_case_under_the_name_that_its_own_phone_gave_it(
    database: Database,
) -> None:
    own = RequestKey(CredentialId("device:4"), OperationKey("k1"))
    foreign = RequestKey(CredentialId("device:5"), OperationKey("k1"))
    with transaction(database) as connection:
        open_case(connection, IN_DOUBT, at=NOW)
        newest = open_case(connection, replace(IN_DOUBT, reference="owed"), at=LATER)

        assert cases_of(connection, [own, foreign]) == {own: newest}


def test_there_is_no_case_of_a_number_that_was_never_given(database: Database) -> None:
    with snapshot(database) as connection:
        assert find_case(connection, CaseId(404)) is None
