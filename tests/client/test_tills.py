"""The client against a real service, over a line that drops, delays and makes things up."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from points.client import (
    TRIES_MAX,
    Client,
    Outcome,
    Pace,
    Problem,
    Redemption,
    Unanswered,
    asking,
)
from tests.live import ID, Fault, Live, bad_line, go_live_on_copy, rich_card
from tests.live import Line as BadLine
from tests.web.served import token_of


@pytest.fixture(scope="module")
def shared(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with go_live_on_copy(migrated_sqlite, tmp_path_factory.mktemp("live")) as live:
        yield live


@pytest.fixture
def live(request: pytest.FixtureRequest) -> Live:
    """One service for all, but for tests that leap ahead: a book's time never goes back."""
    leaps = "leaping" in request.fixturenames
    found = request.getfixturevalue("leaping" if leaps else "shared")
    assert isinstance(found, Live)
    return found


@pytest.fixture
def leaping(migrated_sqlite: Path, tmp_path: Path) -> Iterator[Live]:
    with go_live_on_copy(migrated_sqlite, tmp_path) as live:
        yield live


@pytest.fixture
def line(live: Live) -> Iterator[BadLine]:
    with bad_line(live.address) as line:
        yield line


@pytest.fixture
def client(live: Live, line: BadLine) -> Iterator[Client]:
    with live.client(address=line.address) as client:
        yield client


def sent(line: BadLine) -> list[dict[str, Any]]:
    """Read the operations that went over the line, one a request."""
    return [json.loads(request.partition(b"\r\n\r\n")[2])[0] for request in line.requests]


def points_of(live: Live, card: str) -> int:
    with live.client() as client:
        return client.balance(card).available


FAULTS = [Fault.REQUEST_LOST, Fault.ANSWER_LOST, Fault.ANSWER_CUT, Fault.BUSY]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.value)
def test_a_retry_keeps_the_id_and_books_once(
    live: Live, line: BadLine, client: Client, fault: Fault
) -> None:
    card = live.blank_card()
    line.fail(fault, fault)

    outcome = client.earn(card, "check-in")

    first, second, third = sent(line)
    assert first == second == third
    assert (outcome.id, outcome.counts, outcome.points) == (first["id"], True, 10)
    assert points_of(live, card) == 10


def test_an_answer_that_comes_too_late_is_asked_for_again(
    live: Live, line: BadLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "_TIMEOUT", httpx.Timeout(5, read=0.3))
    card = live.blank_card()
    line.fail(Fault.ANSWER_LATE)

    with live.client(address=line.address) as client:
        outcome = client.earn(card, "check-in")

    assert (outcome.status, outcome.points) == ("replayed", 10)
    assert points_of(live, card) == 10


def test_the_client_waits_as_long_as_it_is_told_to(
    live: Live, line: BadLine, client: Client
) -> None:
    before = live.clock()
    line.fail(Fault.BUSY)

    client.earn(live.blank_card(), "check-in")

    assert live.clock() == before + timedelta(seconds=7)


def test_the_pause_grows_from_try_to_try_and_has_an_end(live: Live, line: BadLine) -> None:
    pauses: list[float] = []
    line.fail(*[Fault.REQUEST_LOST] * 9)
    pace = Pace(tries_max=9, pause=pauses.append, clock=live.clock)

    with (
        Client(line.address, token_of("redeeming"), pace=pace) as client,
        pytest.raises(Unanswered),
    ):
        client.rewards()

    most = [min(0.2 * 2**attempt, 10) for attempt in range(8)]
    assert all(limit / 2 <= pause <= limit for pause, limit in zip(pauses, most, strict=True)), (
        pauses
    )


def test_what_stays_unanswered_is_sent_later_under_its_id_and_counts_once(
    live: Live, line: BadLine, client: Client
) -> None:
    card = live.blank_card()
    line.fail(*[Fault.ANSWER_LOST] * TRIES_MAX)
    with pytest.raises(Unanswered) as unanswered:
        client.earn(card, "check-in")

    [outcome] = client.operate(unanswered.value.unsent)

    assert len(line.requests) == TRIES_MAX + 1
    assert len({operation["id"] for operation in sent(line)}) == 1
    assert (outcome.status, outcome.counts, outcome.points) == ("replayed", True, 10)
    assert points_of(live, card) == 10


def test_an_act_sent_more_than_a_minute_late_says_so_and_is_still_the_same_act(
    live: Live, line: BadLine, client: Client
) -> None:
    card = live.blank_card()
    line.fail(*[Fault.ANSWER_LOST] * TRIES_MAX)
    with pytest.raises(Unanswered) as unanswered:
        client.earn(card, "check-in")
    live.clock.now += timedelta(minutes=2)

    [outcome] = client.operate(unanswered.value.unsent)

    *live_tries, late = sent(line)
    assert [one.get("offline") for one in live_tries] == [None] * TRIES_MAX
    assert late == live_tries[0] | {"offline": True}
    assert (outcome.status, outcome.points) == ("replayed", 10)


@pytest.mark.usefixtures("leaping")
def test_an_act_that_could_not_be_sent_for_an_hour_still_earns(
    live: Live, line: BadLine, client: Client
) -> None:
    card = live.blank_card()
    line.fail(*[Fault.REQUEST_LOST] * TRIES_MAX)
    with pytest.raises(Unanswered) as unanswered:
        client.earn(card, "check-in")
    live.clock.now += timedelta(hours=1)

    [outcome] = client.operate(unanswered.value.unsent)

    assert (outcome.status, outcome.points) == ("accepted", 10)


def test_goods_are_not_handed_out_without_an_answer_so_redeeming_is_never_called_offline(
    live: Live, line: BadLine
) -> None:
    moment = (live.clock() - timedelta(minutes=5)).isoformat()

    with live.client("redeeming", address=line.address) as client:
        client.redeem(live.blank_card(), "bin-bags", quantity=1, price_shown=30, occurred_at=moment)

    assert "offline" not in sent(line)[0]


def test_what_is_kept_for_a_person_does_not_count_yet_and_names_its_case(live: Live) -> None:
    with live.client("redeeming") as client:
        outcome = client.redeem(
            live.blank_card(), "bin-bags", quantity=1, price_shown=30, offline=True
        )

    assert (outcome.status, outcome.code, outcome.is_final) == ("review", "out_of_stock", False)
    assert outcome.case is not None
    assert not outcome.counts


def test_an_act_of_the_desk_is_never_called_offline(live: Live, line: BadLine) -> None:
    counted = {
        "kind": "stock_counted",
        "reward": "bin-bags",
        "booth": 4,
        "counted": 400,
        "reason": "morning",
        "occurred_at": (live.clock() - timedelta(minutes=5)).isoformat(),
    }

    with live.client("supervisor", address=line.address) as client:
        [outcome] = client.operate([counted])

    assert outcome.counts, outcome
    assert "offline" not in sent(line)[0]


def test_an_id_and_an_instant_that_are_given_are_kept(
    live: Live, line: BadLine, client: Client
) -> None:
    moment = live.clock().isoformat()

    outcome = client.earn(live.blank_card(), "check-in", id=ID, occurred_at=moment)

    assert (sent(line)[0]["id"], sent(line)[0]["occurred_at"]) == (ID, moment)
    assert outcome.id == ID


def test_each_of_many_operations_gets_its_own_answer(live: Live, client: Client) -> None:
    card = live.blank_card()
    scan = {"kind": "earn", "card": card, "activity": "check-in"}

    outcomes = client.operate([scan, scan, scan | {"card": "12345"}, scan | {"id": "no uuid"}])

    assert [(one.status, one.code, one.is_final) for one in outcomes] == [
        ("accepted", None, True),
        ("refused", "limit_reached", True),
        ("refused", "card_unreadable", True),
        ("refused", "invalid", True),
    ]
    assert outcomes[3].id is None
    assert outcomes[3].details == {"field": "id", "reason": "not_in_form"}


def test_an_outcome_says_everything_that_the_service_said(live: Live, client: Client) -> None:
    card = live.blank_card()

    outcome = client.earn(card, "check-in", id=ID.replace("0", "1"))

    assert outcome == Outcome(
        id=ID.replace("0", "1"),
        status="accepted",
        code=None,
        points=10,
        balance=10,
        is_final=True,
        message="Added. 10 points in all",
        details={},
    )


def test_goods_are_handed_over_and_taken_back(live: Live, client: Client) -> None:
    card = rich_card(live)
    [goods] = [one for one in client.rewards() if one.key == "market/bin-bags"]

    handed_over = client.redeem(card, goods.key, quantity=1, price_shown=goods.price)
    taken_back = client.undo(str(handed_over.id))

    assert [(one.points, one.balance) for one in (handed_over, taken_back)] == [(-30, 6), (30, 36)]


def test_a_price_that_has_changed_meanwhile_is_refused(live: Live, client: Client) -> None:
    outcome = client.redeem(rich_card(live), "bin-bags", quantity=1, price_shown=29)

    assert (outcome.status, outcome.code, outcome.counts) == ("refused", "price_changed", False)


def test_a_partner_redeems_once_whatever_the_line_does(live: Live, line: BadLine) -> None:
    card = rich_card(live)
    asked: dict[str, Any] = {"card": card, "reward": "bin-bags", "quantity": 1, "price_shown": 30}
    line.fail(*[Fault.ANSWER_LOST] * TRIES_MAX)

    with live.client("partner", address=line.address) as client:
        with pytest.raises(Unanswered) as unanswered:
            client.redeem_by_key(**asked)
        redeemed = client.redeem_by_key(**unanswered.value.unsent[0])
        voided = client.void(redeemed.id)

    assert redeemed == Redemption(
        id=redeemed.id, points=-30, balance=6, message="Done. 6 points are left", is_replayed=True
    )
    assert (voided.id, voided.points, voided.balance) == (redeemed.id, 30, 36)
    keys = {re.search(rb"Idempotency-Key: (\S+)", one)[1] for one in line.requests[:-1]}  # type: ignore[index]
    assert len(keys) == 1


def test_what_a_partner_asks_wrongly_is_a_problem_with_its_figures(live: Live) -> None:
    with live.client("partner") as client, pytest.raises(Problem) as problem:
        client.redeem_by_key(card=live.blank_card(), reward="bin-bags", quantity=1, price_shown=30)

    assert (problem.value.status, problem.value.code) == (409, "points_short")
    assert problem.value.detail == "30 points short"
    assert problem.value.body["details"]["short"] == 30


@pytest.mark.parametrize(
    ("caller", "status", "code"),
    [("partner", 403, "forbidden"), ("a stranger", 401, "unauthenticated")],
)
def test_whoever_may_not_ask_gets_a_problem_at_once(
    live: Live, line: BadLine, caller: str, status: int, code: str
) -> None:
    with live.client(caller, address=line.address) as client, pytest.raises(Problem) as problem:
        client.earn(live.blank_card(), "check-in")

    assert (problem.value.status, problem.value.code) == (status, code)
    assert len(line.requests) == 1


def test_the_token_travels_in_a_header_and_nowhere_else(
    live: Live, line: BadLine, client: Client
) -> None:
    token = token_of("redeeming").encode()

    client.earn(live.blank_card(), "check-in")
    client.rewards()

    for request in line.requests:
        assert request.count(token) == 1
        assert b"\r\nAuthorization: Bearer " + token + b"\r\n" in request


def test_a_card_never_travels_in_an_address(live: Live, line: BadLine, client: Client) -> None:
    card = live.blank_card()

    client.balance(card)
    client.statement(card)

    assert not [one for one in line.requests if card.encode() in one.partition(b"\r\n")[0]]


@pytest.mark.parametrize(
    "fault", [Fault.PORTAL, Fault.NONSENSE, Fault.MIXED_UP], ids=lambda fault: fault.value
)
def test_what_is_no_answer_of_the_service_leaves_the_act_open(
    live: Live, line: BadLine, client: Client, fault: Fault
) -> None:
    card = live.blank_card()
    line.fail(fault)
    with pytest.raises(Unanswered) as unanswered:
        client.earn(card, "check-in")

    [outcome] = client.operate(unanswered.value.unsent)

    assert len(line.requests) == 2
    assert (outcome.status, outcome.points) == ("accepted", 10)


def test_a_service_that_is_not_there_is_said_so_with_the_reason(live: Live) -> None:
    with bad_line(live.address) as line:
        address = line.address

    with live.client(address=address) as client, pytest.raises(Unanswered) as unanswered:
        client.earn("P1", "check-in")

    assert "ConnectError" in str(unanswered.value)
    assert len(unanswered.value.unsent) == 1
