from datetime import timedelta

from sqlalchemy import event, select, text

from points.domain.chain import micros
from points.domain.facts import ANY_BODY, Accepted, Refused, Settled
from points.domain.ids import CredentialId
from points.domain.notes import NoteKind, note
from points.domain.operations import OperationKey, RequestKey, fingerprint
from points.domain.outcomes import Refusal
from points.service.posting import post
from points.service.transactions import snapshot, transaction
from points.storage.columns import table_of
from points.storage.engine import Database
from points.storage.ledger import RequestRow
from points.storage.requests import add_answers, load_settled
from tests.build import ask, make_device, make_earn, make_redeem
from tests.market import NOW
from tests.save import open_market


def named(key: str, scope: str = "device:4") -> RequestKey:
    return RequestKey(CredentialId(scope), OperationKey(key))


REFUSALS = {
    named("counted"): Settled(
        fingerprint("body"),
        Refused(reason=Refusal.POINTS_SHORT, details={"short": 20, "available": 10}),
    ),
    named("plain"): Settled(fingerprint("other"), Refused(reason=Refusal.CLOSED)),
    named("slip"): Settled(ANY_BODY, Refused(reason=Refusal.PAID_BY_SLIP)),
    named("plain", "device:5"): Settled(
        fingerprint("third"), Refused(reason=Refusal.CARD_REPLACED)
    ),
}


def test_what_was_refused_for_good_is_answered_again_as_it_was(database: Database) -> None:
    with transaction(database) as connection:
        add_answers(connection, [], REFUSALS, at=NOW, batch=(0, 1))

    with snapshot(database) as connection:
        assert load_settled(connection, REFUSALS) == REFUSALS


def test_what_was_accepted_is_answered_again_with_its_points(database: Database) -> None:
    book = open_market(database, points={})
    asked = [ask(make_earn(), key="scan"), ask(make_redeem(quantity=0), key="none")]
    earned, refused = post(book, asked)

    with snapshot(database) as connection:
        settled = load_settled(connection, {one.ref for one in asked})

    assert isinstance(earned, Accepted)
    assert (earned.points, earned.balance) == (10, 10)
    assert {ref.key: one.verdict for ref, one in settled.items()} == {
        "scan": earned,
        "none": refused,
    }


def test_each_refusal_is_for_its_batch_to_note(database: Database) -> None:
    with transaction(database) as connection:
        notes = add_answers(connection, [], REFUSALS, at=NOW, batch=(3, 7))
        rows = connection.execute(text("SELECT DISTINCT chain, batch FROM request")).all()

    plain = ("device:4", "plain", fingerprint("other"), "closed", "{}", micros(NOW))
    assert note(NoteKind.REFUSAL, plain) in notes
    assert len(set(notes)) == len(REFUSALS)
    assert [tuple(row) for row in rows] == [(3, 7)]


def test_somebody_elses_name_is_not_ones_own(database: Database) -> None:
    with transaction(database) as connection:
        add_answers(connection, [], REFUSALS, at=NOW, batch=(0, 1))

        mine = load_settled(connection, {named("plain", "device:6"), named("slip")})

    assert mine == {named("slip"): REFUSALS[named("slip")]}


def test_answers_keep_when_they_were_given_and_only_accepted_ones_what_was_asked(
    database: Database,
) -> None:
    later = NOW + timedelta(seconds=1)
    book = open_market(database)
    post(book, [ask(make_earn(), key="scan")])
    with transaction(database) as connection:
        refused = {named("refused"): REFUSALS[named("plain")]}
        add_answers(connection, [], refused, at=later, batch=(0, 2))

    request = table_of(RequestRow)
    with snapshot(database) as connection:
        rows = connection.execute(select(request.c.key, request.c.body, request.c.answered_at))
        found = {row.key: (bool(row.body), row.answered_at >= NOW) for row in rows}

    assert found["scan"] == (True, True)
    assert found["refused"] == (False, True)


def test_answers_are_added_in_order_of_name_whatever_they_are(database: Database) -> None:
    added: list[str] = []
    phones = [make_device(number=number) for number in (9, 8)]

    @event.listens_for(database.writer, "before_cursor_execute")
    def note(*seen: object) -> None:
        if "INSERT INTO request" in str(seen[2]):
            added.extend(names(seen[3]))

    book = open_market(database)
    added.clear()
    post(
        book,
        [
            ask(make_earn(), key="c", by=phones[0]),
            ask(make_redeem(quantity=0), key="b", by=phones[0]),
            ask(make_redeem(quantity=0), key="a", by=phones[1]),
            ask(make_redeem(quantity=0), key="b", by=phones[1]),
        ],
    )

    assert added == ["a device:8", "b device:8", "b device:9", "c device:9"]


def names(parameters: object) -> list[str]:
    assert isinstance(parameters, list)
    rows = [list(row.values()) if isinstance(row, dict) else list(row) for row in parameters]
    return [f"{row[0]} {row[1]}" for row in rows]
