"""What phones ask of themselves, from the invite to the card that is bound."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from points.client import (
    Bound,
    Client,
    Heard,
    JournalEnd,
    JournalTaken,
    Pace,
    Problem,
    Station,
    Unanswered,
    new_token,
)
from points.domain.intake import EMPTY
from points.domain.journals import head_of
from tests.live import Fault, Live, bad_line
from tests.paired import invite
from tests.told import texts, write

NOWHERE = JournalEnd(number=EMPTY.n, hash=EMPTY.hash)


def client_of(live: Live, token: str, *, address: str | None = None) -> Client:
    pace = Pace(pause=lambda _: None, clock=live.clock)
    return Client(address or live.address, token, language="en", pace=pace)


@pytest.fixture
def phone(fresh: Live) -> Iterator[Client]:
    """A phone that has come in by an invite."""
    with client_of(fresh, new_token()) as phone:
        phone.claim(invite(fresh.served.book), volunteer="Chen", app="scanner 1")
        yield phone


def test_a_phone_comes_in_by_its_invite_and_the_same_claim_is_answered_again(fresh: Live) -> None:
    text = invite(fresh.served.book)

    with (
        bad_line(fresh.address) as line,
        client_of(fresh, new_token(), address=line.address) as phone,
    ):
        line.fail(Fault.ANSWER_LOST)
        station = phone.claim(text)
        again = phone.claim(text)

    assert station == again
    assert station == Station(device=station.device, role="redeem", event="market", booth=4)


def test_an_invite_that_another_phone_used_lets_nobody_in(fresh: Live) -> None:
    text = invite(fresh.served.book)
    with client_of(fresh, new_token()) as first:
        first.claim(text)

    with client_of(fresh, new_token()) as second, pytest.raises(Problem) as refused:
        second.claim(text)

    assert refused.value.code == "invite_used"


def test_a_phone_goes_on_with_its_next_token_and_the_one_before_ends(
    fresh: Live, phone: Client
) -> None:
    before, after = phone._token, new_token()

    phone.change_token(after)
    phone.activities()

    with client_of(fresh, before) as old, pytest.raises(Problem) as refused:
        old.activities()
    assert refused.value.code == "token_replaced"


def test_a_phone_reports_and_hears_how_it_stands(fresh: Live, phone: Client) -> None:
    heard = phone.report(2, 1, NOWHERE, volunteer="Chen")

    bundle = phone.bundle()
    assert bundle is not None
    assert heard == Heard(
        server_time=fresh.clock(),
        station=Station(device=heard.station.device, role="redeem", event="market", booth=4),
        journal=NOWHERE,
        bundle=bundle.version,
        is_closing=False,
    )
    with fresh.client("supervisor") as lead:
        [seen] = lead.phones()
    assert (seen.waiting, seen.attention, seen.holder) == (2, 1, "Chen")
    assert seen.last_seen_at == fresh.clock()


def test_a_journal_is_sent_in_parts_and_where_to_go_on_is_told(phone: Client) -> None:
    lines = write("a", "b", "c")
    end = head_of(lines)

    first = phone.journal(texts(lines)[:1])
    gap = phone.journal(texts(lines)[2:])
    whole = phone.journal(texts(lines)[1:])

    assert (first.number, first.wanted, gap.wanted) == (1, 2, 2)
    assert whole == JournalTaken(number=3, hash=end.hash, wanted=4)


def test_what_a_phone_works_with_is_sent_once(fresh: Live, phone: Client) -> None:
    bundle = phone.bundle()
    assert bundle is not None
    again = phone.bundle(bundle.version)

    assert bundle.content["event"]["key"] == "market"
    assert bundle.made_at == fresh.clock()
    assert again is None


def test_sealed_balances_are_sent_once(fresh: Live, phone: Client) -> None:
    phone.earn(fresh.blank_card(), "check-in")

    sealed = phone.sealed()
    assert sealed is not None
    again = phone.sealed(sealed.tag)
    phone.earn(fresh.blank_card(), "check-in")
    newer = phone.sealed(sealed.tag)

    assert len(sealed.records) == 1
    assert again is None
    assert newer is not None
    assert len(newer.records) == 2


def test_a_blank_card_is_bound_once_whatever_the_line_does(fresh: Live, phone: Client) -> None:
    first, second = fresh.blank_card(), fresh.blank_card()
    phone.earn(first, "check-in")

    with (
        bad_line(fresh.address) as line,
        client_of(fresh, phone._token, address=line.address) as over_it,
    ):
        line.fail(Fault.ANSWER_LOST)
        bound = over_it.bind(second, {"same_as": first})

    assert bound == Bound(number=bound.number, cards=2, balance=phone.balance(first))
    assert bound.balance.available == 10


def test_a_binding_without_an_answer_holds_what_must_be_sent_again(
    fresh: Live, phone: Client
) -> None:
    card = fresh.blank_card()
    fresh.clock.now += timedelta(minutes=1)
    with (
        bad_line(fresh.address) as line,
        client_of(fresh, phone._token, address=line.address) as over_it,
    ):
        line.fail(*[Fault.REQUEST_LOST] * 20)
        with pytest.raises(Unanswered) as left:
            over_it.bind(card, {"new": {}})

    [again] = left.value.unsent
    assert phone.bind(**again).cards == 1
    assert phone.bind(**again).cards == 1


def test_a_token_is_made_as_the_service_takes_them() -> None:
    tokens = {new_token() for _ in range(100)}

    assert len(tokens) == 100
    assert {(token[:3], len(token)) for token in tokens} == {("pd_", 46)}
