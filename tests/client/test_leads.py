"""What supervisors ask: phones, cases, the worst case, lost cards."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from points.client import Case, Client, Exposure, PhoneSeen, Problem, Settlement, Unanswered
from points.service.cards import print_cards
from tests.desk import Dice
from tests.live import Fault, Live, bad_line
from tests.market import NOW
from tests.paired import claim


@pytest.fixture
def lead(fresh: Live) -> Iterator[Client]:
    with fresh.client("supervisor") as lead:
        yield lead


@pytest.fixture
def case(fresh: Live, lead: Client) -> Case:
    """Goods that a phone handed out, and never had with it."""
    with fresh.client("redeeming") as phone:
        card = fresh.blank_card()
        phone.earn(card, "check-in")
        happened = (fresh.clock() - timedelta(minutes=5)).isoformat()
        outcome = phone.redeem(
            card, "bin-bags", quantity=1, price_shown=30, offline=True, occurred_at=happened
        )
    assert outcome.status == "review"
    [found] = lead.cases()
    assert found.id == outcome.case
    return found


def test_phones_are_listed_with_what_they_hold(fresh: Live, lead: Client) -> None:
    phone = claim(fresh.served.book)

    [seen] = lead.phones()

    assert seen == PhoneSeen(
        device=phone.id,
        name="redeem 4",
        holder=None,
        last_seen_at=None,
        waiting=None,
        attention=None,
        is_revoked=False,
        is_accounted=False,
        shortfalls=("never_reported",),
    )


def test_a_case_says_what_it_is_and_how_it_may_be_settled(case: Case, lead: Client) -> None:
    assert (case.kind, case.device, case.booth) == ("review", "device:4", 4)
    assert timedelta() <= case.opened_at - NOW < timedelta(seconds=1)
    assert case.decisions == ("approve", "reject")
    assert case.settlement is None
    assert lead.cases("settled") == []
    assert lead.cases(before=case.id) == []
    assert lead.cases("all", limit=1) == [case]


def test_a_case_is_settled_once_whatever_the_line_does(
    fresh: Live, case: Case, lead: Client
) -> None:
    with bad_line(fresh.address) as line:
        line.fail(Fault.ANSWER_LOST)
        with fresh.client("supervisor", address=line.address) as over_it:
            settled = over_it.settle(case.id, "reject", "I was there")

    assert settled.settlement == Settlement(
        decision="reject", by="device:9", note="I was there", at=NOW
    )
    assert lead.cases() == []
    with pytest.raises(Problem) as refused:
        lead.settle(case.id, "approve", "no, I was")
    assert refused.value.code == "case_settled"


def test_a_settling_without_an_answer_holds_what_must_be_sent_again(
    fresh: Live, case: Case, lead: Client
) -> None:
    with bad_line(fresh.address) as line:
        line.fail(*[Fault.ANSWER_LOST] * 20)
        with (
            fresh.client("supervisor", address=line.address) as over_it,
            pytest.raises(Unanswered) as left,
        ):
            over_it.settle(case.id, "reject", "I was there")

    [again] = left.value.unsent
    assert lead.settle(**again).settlement is not None


def test_the_worst_case_is_told_in_points_and_yuan(fresh: Live, lead: Client) -> None:
    none = lead.exposure()
    with fresh.client("redeeming") as phone:
        phone.operate([{"kind": "stock_leased", "reward": "bin-bags", "quantity": 5}])

    some = lead.exposure()

    assert none == Exposure(
        points=0, yuan=none.yuan, ceiling_points=none.ceiling_points, booths=none.booths
    )
    assert some.points == 5 * 30
    assert [booth["points"] for booth in some.booths] == [150]


def test_a_lost_card_is_stopped_by_its_number_and_stays_so(fresh: Live, lead: Client) -> None:
    [card] = print_cards(
        fresh.served.book.database, 1, now=NOW, random_bytes=Dice(3), public_url=None
    )
    lead.earn(card.code, "check-in")

    stopped = [lead.freeze(card.number) for _ in range(2)]

    assert stopped == [fresh.clock()] * 2
    with pytest.raises(Problem) as refused:
        lead.freeze("000 000 000")
    assert refused.value.code in ("card_unreadable", "card_unknown")


def test_whoever_does_not_lead_is_told_so(fresh: Live) -> None:
    with fresh.client("redeeming") as phone:
        for ask in (phone.phones, phone.cases, phone.exposure):
            with pytest.raises(Problem) as refused:
                ask()
            assert refused.value.code == "forbidden"
