"""A cheat forges what fits together: a row with its note, or the whole chain. It is named still."""

from sqlalchemy import Connection, text

from points.domain.chain import record_hash
from points.domain.findings import Code
from points.domain.notes import Note, NoteKind, note, write_notes
from points.storage.verifying import read_notes_of
from points.storage.verifying_allowances import read_allowance_rows
from points.storage.verifying_cases import read_cases, read_settlements
from tests.cheat import codes, do, guards_asleep, seal_anew

UNSPENT = "spent = 0 AND ended_at IS NULL"
REFUSED = "status = 'refused' AND reason NOT IN ('in_review', 'rejected')"
FORGED = (
    "INSERT INTO request (key, scope, fingerprint, status, reason, details, answered_at, chain,"
    " batch) SELECT 'forged', scope, fingerprint, status, reason, details, answered_at, chain,"
    " batch FROM request"
)


def test_a_published_head_that_was_taken_away_leaves_a_gap(spoilt: Connection) -> None:
    again = "SELECT 2, published_at, heads FROM anchor"
    with guards_asleep(spoilt):
        do(spoilt, f"INSERT INTO anchor (id, published_at, heads) {again}")
        do(spoilt, "DELETE FROM anchor WHERE id = 1")

    assert codes(spoilt) == {Code.ANCHOR_INVALID}


def test_a_refusal_that_was_never_given_is_noted_by_no_batch(spoilt: Connection) -> None:
    one = f"SELECT min(key || scope) FROM request WHERE {REFUSED}"
    with guards_asleep(spoilt):
        do(spoilt, f"{FORGED} WHERE key || scope = ({one})")

    assert codes(spoilt) == {Code.REFUSAL_INVALID}


def test_a_refusal_forged_with_its_note_breaks_its_batch(spoilt: Connection) -> None:
    columns = "scope, key, fingerprint, reason, details, answered_at, chain, batch"
    found = spoilt.execute(text(f"SELECT {columns} FROM request WHERE {REFUSED} ORDER BY key"))
    row = found.mappings().all()[0]
    record = [row[name] for name in ("scope", "fingerprint", "reason", "details", "answered_at")]
    with guards_asleep(spoilt):
        do(
            spoilt,
            f"{FORGED} WHERE key = :key AND scope = :scope",
            key=row["key"],
            scope=row["scope"],
        )
        forged = note(NoteKind.REFUSAL, (record[0], "forged", bytes(record[1]), *record[2:]))
        _add_note(spoilt, forged, chain=row["chain"], number=row["batch"])

    assert codes(spoilt) == {Code.BATCH_CHANGED}


def test_an_allowance_for_more_forged_with_its_note_breaks_its_batch(spoilt: Connection) -> None:
    with guards_asleep(spoilt):
        do(spoilt, f"UPDATE allowance SET points_max = 900 WHERE {UNSPENT}")
        changed = next(row for row in read_allowance_rows(spoilt) if row.points_max == 900)
        [line] = [
            line
            for line in read_notes_of(spoilt, NoteKind.ALLOWANCE)
            if f"allowance:{changed.id}:" in line.notes
        ]
        forged = note(NoteKind.ALLOWANCE, changed.terms(), subject=changed.id)
        do(
            spoilt,
            "UPDATE batch SET notes = :notes WHERE chain = :chain AND number = :number",
            notes=write_notes([forged]),
            chain=line.chain,
            number=line.number,
        )

    assert codes(spoilt) == {Code.BATCH_CHANGED}


# A cheat who knows how a case is sealed may change it whole; only its batch tells.
KEPT = "kind = 'review' AND id NOT IN (SELECT id FROM settlement)"
DOUBTS = '\'{"doubts": "points_short,price_changed"}\''


def seal_case(connection: Connection, number: int) -> Note:
    """Let a case fit together as it now stands, and give what should be noted of it."""
    [line] = [case for case in read_cases(connection) if case.id == number]
    forged = record_hash(line.sealed())
    do(connection, "UPDATE cases SET seal = :seal WHERE id = :id", seal=forged, id=number)
    return note(NoteKind.CASE, line.sealed(), subject=number)


def kept_case(connection: Connection) -> int:
    return int(connection.execute(text(f"SELECT min(id) FROM cases WHERE {KEPT}")).scalar_one())


def test_a_case_in_which_more_would_be_let_pass_is_named_whatever_its_seal(
    spoilt: Connection,
) -> None:
    number = kept_case(spoilt)
    with guards_asleep(spoilt):
        do(spoilt, f"UPDATE cases SET details = {DOUBTS} WHERE id = :id", id=number)
        seal_case(spoilt, number)

    assert codes(spoilt) == {Code.CASE_DIFFERS}


def test_a_case_forged_with_its_note_breaks_its_batch(spoilt: Connection) -> None:
    number = kept_case(spoilt)
    [line] = [
        line for line in read_notes_of(spoilt, NoteKind.CASE) if f"case:{number}:" in line.notes
    ]
    [genuine] = [word for word in line.notes.split() if word.startswith(f"case:{number}:")]
    with guards_asleep(spoilt):
        do(spoilt, f"UPDATE cases SET details = {DOUBTS} WHERE id = :id", id=number)
        forged = write_notes([seal_case(spoilt, number)])
        do(
            spoilt,
            "UPDATE batch SET notes = :notes WHERE chain = :chain AND number = :number",
            notes=line.notes.replace(genuine, forged or ""),
            chain=line.chain,
            number=line.number,
        )

    assert codes(spoilt) == {Code.BATCH_CHANGED}


def test_a_case_that_was_never_opened_is_named_with_what_it_keeps(spoilt: Connection) -> None:
    columns = "device, event, booth, household, body, is_offline, details, seal"
    again = f"opened_at, {columns} FROM cases WHERE id = :id"
    with guards_asleep(spoilt):
        names = "id, kind, reference, key, operation, opened_at"
        do(
            spoilt,
            f"INSERT INTO cases ({names}, {columns})"
            f" SELECT 999, kind, 'forged', 'forged', operation, {again}",
            id=kept_case(spoilt),
        )
        seal_case(spoilt, 999)

    assert Code.CASE_DIFFERS in codes(spoilt)


def test_a_case_taken_away_with_what_was_kept_for_it_is_missed(spoilt: Connection) -> None:
    number = kept_case(spoilt)
    with guards_asleep(spoilt):
        whose = "SELECT device || ' ' || key FROM cases WHERE id = :id"
        do(spoilt, f"DELETE FROM request WHERE scope || ' ' || key = ({whose})", id=number)
        do(spoilt, "DELETE FROM cases WHERE id = :id", id=number)

    assert codes(spoilt) == {Code.CASE_MISSING}


def test_who_settled_a_case_cannot_be_somebody_else_whatever_the_seal(spoilt: Connection) -> None:
    settled = next(iter(read_settlements(spoilt)))._replace(settled_by="device:99")
    with guards_asleep(spoilt):
        do(
            spoilt,
            "UPDATE settlement SET settled_by = 'device:99', seal = :seal WHERE id = :id",
            seal=record_hash(settled.sealed()),
            id=settled.id,
        )

    assert codes(spoilt) == {Code.SETTLEMENT_DIFFERS}


def test_a_settlement_taken_away_leaves_its_note(spoilt: Connection) -> None:
    """An overdraft that was forgiven would else be open again, and could be forgiven twice."""
    with guards_asleep(spoilt):
        do(spoilt, "DELETE FROM settlement WHERE decision = 'forgive'")

    assert codes(spoilt) == {Code.SETTLEMENT_DIFFERS}


def _add_note(connection: Connection, one: Note, *, chain: int, number: int) -> None:
    do(
        connection,
        "UPDATE batch SET notes = notes || :more WHERE chain = :chain AND number = :number",
        more=f" {write_notes([one])}",
        chain=chain,
        number=number,
    )


def live_longer(connection: Connection) -> None:
    """Let every lot that was earned end a year later, and seal the whole chain anew."""
    year = 365 * 86_400_000_000
    earned = "SELECT id FROM operation WHERE kind IN ('earn', 'share', 'slip_cashed', 'adjust')"
    do(
        connection,
        f"UPDATE entry SET expires_at = expires_at + {year}"
        f" WHERE expires_at IS NOT NULL AND operation IN ({earned})",
    )
    do(
        connection,
        "UPDATE lot SET expires_at = (SELECT expires_at FROM entry WHERE entry.lot = lot.id"
        " AND entry.expires_at IS NOT NULL)",
    )
    last = int(connection.execute(text("SELECT max(number) FROM batch")).scalar_one())
    seal_anew(connection, first=1, last=last)
    newest = f"SELECT hash FROM batch WHERE chain = 0 AND number = {last}"
    do(connection, f"UPDATE chain SET head = ({newest}) WHERE id = 0")


def test_points_that_are_let_live_longer_with_every_hash_contradict_the_rules(
    spoilt: Connection,
) -> None:
    with guards_asleep(spoilt):
        live_longer(spoilt)

    found = codes(spoilt)

    assert {Code.LOT_EXPIRY, Code.HEAD_LOST} <= found
    assert Code.BATCH_CHANGED not in found
