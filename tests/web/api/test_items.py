from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from points.domain.cards import code_fingerprint
from points.domain.ids import ActivityKey, BoothKey, CredentialId, RewardKey
from points.domain.operations import (
    CashSlip,
    CountStock,
    Earn,
    IssueSlip,
    MoveStock,
    Operation,
    OperationKey,
    Phase,
    Redeem,
    Undo,
    card_by_code,
    card_by_number,
)
from points.domain.outcomes import Refusal
from points.web.api.items import NotTaken, card_of, check_instant, id_in, operation_of, read_item
from points.web.problems import Fault
from points.web.shapes import GivenTwice, WrongField
from tests.market import NOW, WANG
from tests.web.served import CALLERS, CODES, NUMBERS, SLIP, SLIP_REF, earn, redeem, slip_item, undo

PHONE = CALLERS["redeeming"]
CARD = card_by_code(code_fingerprint(CODES[WANG]))
NAME = "b0a7b9a0-0000-4000-8000-000000000001"
MOMENT = {"id": NAME, "occurred_at": NOW.isoformat()}


def meant(content: object) -> Operation:
    item = read_item(content)
    assert not isinstance(item, WrongField), item
    return operation_of(item, PHONE)


EARNED = Earn(card=CARD, activity=ActivityKey("market/check-in"), occurred_at=NOW)
REDEEMED = Redeem(
    card=CARD, reward=RewardKey("market/bin-bags"), quantity=1, price_shown=30, occurred_at=NOW
)


@pytest.mark.parametrize(
    ("content", "operation"),
    [
        (earn(), EARNED),
        (earn(activity="lanes/sweep"), replace(EARNED, activity=ActivityKey("lanes/sweep"))),
        (
            earn(card=None, number=NUMBERS[WANG]),
            replace(EARNED, card=card_by_number(NUMBERS[WANG])),
        ),
        (
            earn(quantity=0, grams={"paper": 5}, phase="check_out", building="3", offline=True),
            replace(
                EARNED,
                quantity=0,
                grams={"paper": 5},
                phase=Phase.CHECK_OUT,
                building="3",
                is_offline=True,
            ),
        ),
        (redeem(), REDEEMED),
        (
            redeem(reserve="elders", quantity=3, offline=True),
            replace(REDEEMED, reserve="elders", quantity=3, is_offline=True),
        ),
        (redeem(reserve=None), REDEEMED),
        (
            undo("till-1", claw_back=True),
            Undo(undoes=OperationKey("till-1"), occurred_at=NOW, claws_back=True),
        ),
        (
            MOMENT | {"kind": "slip_cashed", "slip": SLIP, "card": CODES[WANG]},
            CashSlip(slip=SLIP_REF, card=CARD, occurred_at=NOW),
        ),
        (
            slip_item(attempt=NAME),
            IssueSlip(
                slip=SLIP_REF,
                points=10,
                last_day=date(2019, 12, 31),
                occurred_at=NOW,
                attempt=OperationKey(NAME),
            ),
        ),
        (
            slip_item(attempt=NAME, attempt_device="device:7"),
            IssueSlip(
                slip=SLIP_REF,
                points=10,
                last_day=date(2019, 12, 31),
                occurred_at=NOW,
                attempt=OperationKey(NAME),
                attempt_by=CredentialId("device:7"),
            ),
        ),
        (
            MOMENT
            | {"kind": "stock_moved", "reward": "soap", "from_booth": 4, "to_booth": 7}
            | {"quantity": 9},
            MoveStock(
                reward=RewardKey("market/soap"),
                source=BoothKey("market/4"),
                booth=BoothKey("market/7"),
                quantity=9,
                occurred_at=NOW,
            ),
        ),
        (
            MOMENT
            | {"kind": "stock_counted", "reward": "soap", "booth": 4, "counted": 0}
            | {"reason": "rain", "reserve": "elders"},
            CountStock(
                reward=RewardKey("market/soap"),
                booth=BoothKey("market/4"),
                counted=0,
                reason="rain",
                occurred_at=NOW,
                reserve="elders",
            ),
        ),
    ],
    ids=str,
)
def test_an_item_means_an_operation(content: object, operation: Operation) -> None:
    assert meant(content) == operation


@pytest.mark.parametrize("text", ["", CODES[WANG][:-1], NUMBERS[WANG], SLIP + SLIP])
def test_what_is_no_card_is_not_taken(text: str) -> None:
    with pytest.raises(NotTaken) as raised:
        card_of(text)

    assert raised.value.code is Fault.CARD_UNREADABLE


@pytest.mark.parametrize("number", ["", "1", CODES[WANG], "000000000"])
def test_what_is_no_number_is_not_taken(number: str) -> None:
    with pytest.raises(NotTaken) as raised:
        meant(earn(card=None, number=number))

    assert raised.value.code is Fault.CARD_UNREADABLE


@pytest.mark.parametrize("year", [1, 1899, 9001, 9999])
def test_an_instant_that_no_calendar_reaches_is_a_clock_that_is_off(year: int) -> None:
    with pytest.raises(NotTaken) as raised:
        check_instant(datetime(year, 1, 1, tzinfo=UTC))

    assert raised.value.code is Refusal.CLOCK_OFF


@pytest.mark.parametrize("year", [1900, 2019, 9000])
def test_any_other_instant_is_for_the_book_to_judge(year: int) -> None:
    check_instant(datetime(year, 1, 1, tzinfo=UTC))


def test_the_first_field_that_is_not_as_it_must_be_is_named() -> None:
    assert read_item(earn(quantity="1", points=1)) == WrongField("quantity", "not_a_whole_number")
    assert read_item({}) == WrongField("kind", "missing")
    assert read_item({"kind": "give"}) == WrongField("kind", "not_one_of_these")
    assert read_item([]) == WrongField("", "not_an_object")
    assert read_item(GivenTwice()) == WrongField("", "given_twice")


def test_the_name_of_what_cannot_be_read_is_given_where_it_is_one() -> None:
    assert id_in({"id": NAME, "kind": "give"}) == NAME
    contents: list[object] = [{"id": "x"}, {"id": 5}, {}, [], None, "id", GivenTwice()]
    assert {id_in(content) for content in contents} == {None}
