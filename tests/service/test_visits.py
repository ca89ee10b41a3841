"""Visits: opened by a card, known by a token, ended with the card; guessing is held back."""

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import insert

from points.domain.cards import make_card_code
from points.domain.cases import Wish
from points.domain.guessing import (
    EVERYONE,
    OF_ALL_MAX,
    OF_EACH_MAX,
    Guessed,
    alarm,
    window_of,
)
from points.domain.verifying import Result
from points.outside.card_sheets import PrintedCard
from points.service.cards import freeze_card, replace_card, thaw_card
from points.service.transactions import snapshot, transaction
from points.service.verifying import verify
from points.service.visits import (
    LIVES,
    HeldBack,
    Opened,
    Shown,
    Unopened,
    end_visit,
    form_seal,
    holdings_of,
    is_form_seal,
    open_visit,
    own_code,
)
from points.storage.cases import load_cases
from points.storage.columns import table_of
from points.storage.engine import Database
from points.storage.sessions import GuessRow, Holding
from tests.desk import Dice, everything, print_blank
from tests.market import NOW
from tests.save import open_market

HERE = "192.0.2.1"
STRAY = make_card_code(b"x" * 16)


@pytest.fixture
def cards(database: Database) -> list[PrintedCard]:
    open_market(database)
    return print_blank(database, 2)


def show(
    database: Database, text: str, *, address: str = HERE, now: datetime = NOW, seed: int = 1
) -> Opened | Unopened | HeldBack:
    return open_visit(database, Shown(text, address), now=now, random_bytes=Dice(seed))


def token_of(database: Database, card: PrintedCard, seed: int = 1) -> str:
    opened = show(database, card.text, seed=seed)
    assert isinstance(opened, Opened), opened
    return opened.token


def visitor(database: Database, token: str, *, now: datetime = NOW) -> Holding | None:
    with snapshot(database) as connection:
        [holding] = holdings_of(connection, [token], now=now)
    return holding


@pytest.mark.parametrize("form", ["{}", " {}\n", "HTTPS://POINTS.EXAMPLE/C/{}"])
def test_a_card_opens_its_households_visit_however_its_text_comes(
    database: Database, cards: list[PrintedCard], form: str
) -> None:
    opened = show(database, form.format(cards[0].code.lower()))

    assert isinstance(opened, Opened)
    holding = visitor(database, opened.token)
    assert holding is not None
    assert holding.number == cards[0].number
    assert own_code(opened.token, holding) == cards[0].code


def test_the_database_alone_tells_neither_token_nor_code(
    database: Database, cards: list[PrintedCard]
) -> None:
    token = token_of(database, cards[0])

    kept = repr(everything(database))

    assert token not in kept
    assert cards[0].code not in kept
    assert repr(cards[0].code.encode())[2:-1] not in kept


def test_no_other_visit_reads_the_code(database: Database, cards: list[PrintedCard]) -> None:
    mine, theirs = (token_of(database, card, seed) for seed, card in enumerate(cards))
    holding = visitor(database, theirs)

    assert holding is not None
    assert own_code(mine, holding) is None


def test_a_visit_ends_when_it_is_closed_or_after_its_time(
    database: Database, cards: list[PrintedCard]
) -> None:
    token, closed = (token_of(database, cards[0], seed) for seed in range(2))

    end_visit(database, closed)

    moment = timedelta(microseconds=1)
    assert visitor(database, closed) is None
    assert visitor(database, token, now=NOW + LIVES - moment) is not None
    assert visitor(database, token, now=NOW + LIVES) is None


@pytest.mark.parametrize("stop", ["freeze", "replace"])
def test_all_visits_end_with_their_card_and_never_come_back(
    database: Database, cards: list[PrintedCard], stop: str
) -> None:
    lost, other = cards
    tokens = [token_of(database, lost, seed) for seed in range(2)]

    if stop == "freeze":
        freeze_card(database, lost.number, now=NOW)
        reason = Unopened.FROZEN
    else:
        replace_card(database, lost.number, by=other.number, now=NOW)
        reason = Unopened.REPLACED
    refused = show(database, lost.text)
    thaw_card(database, lost.number, now=NOW)

    assert refused is reason
    assert [visitor(database, token) for token in tokens] == [None, None]


def test_a_card_that_is_stopped_while_it_opens_leaves_no_visit_behind(
    database: Database, cards: list[PrintedCard]
) -> None:
    with ThreadPoolExecutor(4) as pool:
        opening = [pool.submit(show, database, cards[0].text, seed=seed) for seed in range(6)]
        freeze_card(database, cards[0].number, now=NOW)
        done = [one.result() for one in opening]

    tokens = [one.token for one in done if isinstance(one, Opened)]
    assert {one for one in done if not isinstance(one, Opened)} <= {Unopened.FROZEN}
    assert [visitor(database, token) for token in tokens] == [None] * len(tokens)


@pytest.mark.parametrize("text", ["", "100000011", "P1NOTACODE", STRAY[:-1] + "!", "x" * 600])
def test_what_is_no_code_opens_nothing_and_leaves_no_trace(
    database: Database, cards: list[PrintedCard], text: str
) -> None:
    before = everything(database)

    assert show(database, text) is Unopened.UNREADABLE
    assert everything(database) == before


@pytest.mark.parametrize("token", ["", "x" * 43, "x" * 44, "ü" * 43, "\x00" * 43])
def test_a_strange_token_is_nobodys(
    database: Database, cards: list[PrintedCard], token: str
) -> None:
    assert visitor(database, token) is None


def test_an_address_that_guesses_is_held_back_alone_and_for_a_while(
    database: Database, cards: list[PrintedCard]
) -> None:
    answers = [show(database, STRAY) for _ in range(OF_EACH_MAX)]

    waits = [show(database, text) for text in (STRAY, cards[0].text)]
    elsewhere = show(database, cards[0].text, address="192.0.2.2")
    later = show(database, cards[0].text, now=NOW + timedelta(minutes=10), seed=2)

    assert answers == [Unopened.UNKNOWN] * OF_EACH_MAX
    assert waits == [HeldBack(timedelta(minutes=10))] * 2
    assert (type(elsewhere), type(later)) == (Opened, Opened)


def test_a_venue_whose_people_share_an_address_opens_as_many_cards_as_it_likes(
    database: Database, cards: list[PrintedCard]
) -> None:
    opened = [show(database, cards[0].text, seed=seed) for seed in range(OF_EACH_MAX + 5)]

    assert {type(one) for one in opened} == {Opened}


def test_when_all_together_guess_too_often_everybody_waits_and_the_alarm_is_raised_once(
    database: Database, cards: list[PrintedCard], caplog: pytest.LogCaptureFixture
) -> None:
    _guess_from_everywhere(database, OF_ALL_MAX - 1)
    calm = list(caplog.records)

    last, after = (show(database, STRAY, address=f"198.51.100.{n}") for n in range(2))
    opened = show(database, cards[0].text, address="203.0.113.9")

    assert calm == []
    assert last is Unopened.UNKNOWN
    assert after == opened == HeldBack(timedelta(minutes=10))
    [alarm] = caplog.records
    assert (alarm.levelno, "guesses at cards' codes" in alarm.message) == (logging.CRITICAL, True)


def test_organisers_are_told_once_a_day_however_long_somebody_goes_on(
    database: Database, cards: list[PrintedCard]
) -> None:
    for minutes in (0, 20):
        now = NOW + timedelta(minutes=minutes)
        _guess_from_everywhere(database, OF_ALL_MAX - 1, now=now)
        assert show(database, STRAY, now=now) is Unopened.UNKNOWN

    with snapshot(database) as connection:
        [case] = load_cases(connection, Wish(is_open=True))
    assert case.about == alarm(Guessed.CARDS, NOW)
    assert case.opened_at == NOW
    assert verify(database, now=NOW + timedelta(hours=1)).result is Result.CLEAN


def _guess_from_everywhere(database: Database, count: int, *, now: datetime = NOW) -> None:
    """Count guesses as if they had come from everywhere, without trying each."""
    row = {"source": EVERYONE, "began_at": window_of(now), "count": count}
    with transaction(database) as connection:
        connection.execute(insert(table_of(GuessRow)).values(**row))


def test_a_form_is_known_by_the_visit_that_it_was_made_for(
    database: Database, cards: list[PrintedCard]
) -> None:
    mine, theirs = (token_of(database, card, seed) for seed, card in enumerate(cards))

    assert is_form_seal(mine, form_seal(mine))
    assert not is_form_seal(mine, form_seal(theirs))
    assert not is_form_seal(mine, "")
    assert not is_form_seal(mine, "分")
    assert mine not in form_seal(mine)
