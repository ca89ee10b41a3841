from base64 import urlsafe_b64encode
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from points.domain.access import OPERATOR
from points.domain.facts import Accepted, CardState
from points.domain.ids import HouseholdId, lot_id
from points.domain.operations import Adjust, Expire, Merge
from points.service.posting import post
from points.service.transactions import transaction
from points.storage.columns import table_of
from points.storage.people import CardRow
from tests.build import ask
from tests.market import LI, NOW, POINTS_END, WANG, ZHAO
from tests.save import save_household
from tests.web.served import CODES, STRAY, Served, earn, print_card, redeem, undo


def balance(served: Served, household: HouseholdId = WANG, *, caller: str = "redeeming") -> Any:
    return served.ask(caller, "POST", "/balances", json={"card": CODES[household]})


def statement(
    served: Served, household: HouseholdId = WANG, *, caller: str = "redeeming", **given: object
) -> Any:
    body = {"card": CODES[household]} | given
    return served.ask(caller, "POST", "/statements", json=body)


def stop(served: Served, household: HouseholdId, state: CardState) -> None:
    """Stop every card of a household."""
    card = table_of(CardRow)
    with transaction(served.book.database) as connection:
        connection.execute(
            update(card).where(card.c.household == household).values(state=state, stopped_at=NOW)
        )


def settle(served: Served, *operations: Any) -> None:
    outcomes = post(served.book, [ask(operation, by=OPERATOR) for operation in operations])
    assert all(isinstance(outcome, Accepted) for outcome in outcomes), outcomes


def test_a_balance_says_what_can_be_spent(served: Served) -> None:
    served.operate("redeeming", earn(), redeem())

    assert balance(served).json() == {
        "available": 980,
        "balance": 980,
        "owed": 0,
        "expiring_soon": [],
        "card_state": "active",
    }


def test_points_that_end_within_thirty_days_are_named(served: Served) -> None:
    served.clock.now = POINTS_END - timedelta(days=30)
    assert balance(served).json()["expiring_soon"] == [
        {"points": 1000, "at": "2021-01-01T00:00:00+08:00"}
    ]

    served.clock.now -= timedelta(minutes=1)
    assert balance(served).json()["expiring_soon"] == []


def test_points_that_have_ended_cannot_be_spent_even_before_the_book_says_so(
    served: Served,
) -> None:
    served.clock.now = POINTS_END

    found = balance(served).json()

    assert (found["available"], found["balance"], found["expiring_soon"]) == (0, 1000, [])


def test_what_a_household_owes_is_told(served: Served) -> None:
    scan = earn(card=CODES[LI])
    served.operate("redeeming", scan)
    settle(
        served,
        Adjust(
            household=LI, points=-1010, reason="moved", approver="operator:desk", occurred_at=NOW
        ),
    )
    served.operate("supervisor", undo(scan["id"], claw_back=True))

    found = balance(served, LI).json()

    assert (found["available"], found["owed"]) == (0, 10)


@pytest.mark.parametrize("state", [CardState.FROZEN, CardState.REPLACED])
def test_a_stopped_card_tells_its_figures_to_supervisors_alone(
    served: Served, state: CardState
) -> None:
    stop(served, WANG, state)

    found, told = balance(served), balance(served, caller="supervisor")

    assert (found.status_code, found.json()["code"]) == (409, f"card_{state}")
    assert (told.json()["available"], told.json()["card_state"]) == (1000, state)
    assert statement(served).json()["code"] == f"card_{state}"


def test_a_card_that_is_not_ours_has_no_balance(served: Served) -> None:
    texts = [STRAY, "100000001", "1", " ", "BEGIN:VCARD\nFN:Chen\nEND:VCARD"]

    answers = [
        served.ask("redeeming", "POST", path, json={"card": text})
        for path in ("/balances", "/statements")
        for text in texts
    ]

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [
        (404, "card_unknown"),
        *[(422, "card_unreadable")] * 4,
    ] * 2


def test_a_statement_tells_every_line_newest_first(served: Served) -> None:
    scan, goods = earn(), redeem(quantity=2)
    served.operate("redeeming", scan, goods)
    served.operate("redeeming", undo(goods["id"]))

    page = statement(served).json()
    lines = page["lines"]

    assert page["next"] is None
    assert [(line["kind"], line["points"], line["balance_after"]) for line in lines] == [
        ("undo", 60, 1010),
        ("redeem", -60, 950),
        ("earn", 10, 1010),
        ("adjust", 1000, 1000),
    ]
    assert [(line["is_undone"], line["undone_by"], line["undoes"]) for line in lines] == [
        (False, None, lines[1]["id"]),
        (True, lines[0]["id"], None),
        (False, None, None),
        (False, None, None),
    ]
    assert [line["name"] for line in lines] == ["垃圾袋", "垃圾袋", "签到", None]
    assert (lines[1]["event"], lines[1]["booth"], lines[1]["item"], lines[1]["quantity"]) == (
        "market",
        "market/4",
        "market/bin-bags",
        2,
    )
    assert lines[1]["occurred_at"] == "2019-12-05T10:00:00+08:00"


def test_a_statement_names_what_ends_soon_and_what_has_ended(served: Served) -> None:
    served.clock.now = POINTS_END - timedelta(days=1)
    soon = statement(served).json()["balance"]["expiring_soon"]
    served.clock.now = POINTS_END
    first_lot = lot_id(_line(served, 0), 0)
    settle(served, Expire(lot=first_lot, household=WANG, occurred_at=POINTS_END))

    page = statement(served).json()

    assert soon == [{"points": 1000, "at": "2021-01-01T00:00:00+08:00"}]
    assert [(line["kind"], line["expired"], line["balance_after"]) for line in page["lines"]] == [
        ("expire", 1000, 0),
        ("adjust", 0, 1000),
    ]


def _line(served: Served, place: int) -> Any:
    return int(statement(served).json()["lines"][place]["id"])


def test_pages_follow_each_other_without_gap_or_repetition_while_lines_come_in(
    served: Served,
) -> None:
    served.operate("stamps", earn(activity="stamp"))
    served.operate("redeeming", earn(), redeem(), redeem())
    everything = statement(served).json()["lines"]

    first = statement(served, limit=2).json()
    served.operate("games", earn(activity="game"), earn(activity="quiz", quantity=3))
    second = statement(served, limit=2, cursor=first["next"]).json()
    third = statement(served, limit=2, cursor=second["next"]).json()

    pages = [first, second, third]
    assert [line for page in pages for line in page["lines"]] == everything
    assert (third["next"], len(everything)) == (None, 5)


def test_a_last_page_that_is_full_has_no_next(served: Served) -> None:
    served.operate("redeeming", earn())

    assert statement(served, limit=2).json()["next"] is None


def test_a_merged_household_has_both_histories_whichever_card_is_shown(served: Served) -> None:
    served.operate("redeeming", earn(), redeem(card=CODES[LI]))
    settle(served, Merge(source=LI, into=WANG, occurred_at=NOW))

    pages = [statement(served, one).json() for one in (WANG, LI)]

    assert pages[0] == pages[1]
    assert [line["kind"] for line in pages[0]["lines"]] == [
        "merge",
        "redeem",
        "earn",
        "adjust",
        "adjust",
    ]
    assert pages[0]["balance"]["available"] == 1980


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"limit": 0}, "limit"),
        ({"limit": 201}, "limit"),
        ({"limit": "5"}, "limit"),
        ({"limit": 5.0}, "limit"),
        ({"cursor": ""}, "cursor"),
        ({"cursor": "nonsense"}, "cursor"),
        ({"cursor": "ü"}, "cursor"),
        ({"cursor": 5}, "cursor"),
        ({"cursor": urlsafe_b64encode(b"1.x").decode()}, "cursor"),
        ({"cursor": urlsafe_b64encode(b"1" * 18 + b".1").decode()}, "cursor"),
        ({"cursor": "A" * 65}, "cursor"),
        ({"page": 2}, "page"),
    ],
    ids=str,
)
def test_a_page_that_cannot_be_is_refused(
    served_once: Served, given: dict[str, object], field: str
) -> None:
    body = {"card": CODES[WANG]} | given

    answer = served_once.ask("redeeming", "POST", "/statements", json=body)

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert [one["field"] for one in answer.json()["errors"]] == [field]


def test_a_cursor_of_another_household_shows_nothing_of_it(served: Served) -> None:
    served.operate("redeeming", redeem(card=CODES[LI]), redeem(card=CODES[LI]))
    cursor = statement(served, LI, limit=1).json()["next"]

    lines = statement(served, cursor=cursor).json()["lines"]

    assert [line["kind"] for line in lines] == ["adjust"]


def test_a_household_of_another_community_is_unknown_to_a_communitys_phone(
    served: Served,
) -> None:
    theirs = balance(served, ZHAO, caller="corridors")
    lanes = balance(served, WANG, caller="lanes")
    own = balance(served, ZHAO, caller="lanes")

    assert [answer.json().get("code") for answer in (theirs, lanes, own)] == [
        "card_unknown",
        "card_unknown",
        None,
    ]


def test_a_card_without_a_household_is_welcome_everywhere(served: Served) -> None:
    with transaction(served.book.database) as connection:
        save_household(connection, HouseholdId(77), fingerprint=b"f" * 32)
    print_card(served.book.database, HouseholdId(77), STRAY)

    answers = [
        served.ask(caller, "POST", "/balances", json={"card": STRAY}).json()
        for caller in ("corridors", "lanes", "redeeming")
    ]

    assert [answer["available"] for answer in answers] == [0, 0, 0]


def test_what_happened_at_another_communitys_event_has_points_and_time_but_no_names(
    served: Served,
) -> None:
    served.operate("lanes", earn(card=CODES[ZHAO], activity="sweep"))

    markets = statement(served, ZHAO).json()["lines"][0]
    own = statement(served, ZHAO, caller="lanes supervisor").json()["lines"][0]

    names = ("event", "item", "name")
    assert [markets[one] for one in names] == [None, None, None]
    assert [own[one] for one in names] == ["lanes", "lanes/sweep", "扫弄堂"]
    assert [(line["points"], line["balance_after"]) for line in (markets, own)] == [(7, 1007)] * 2
