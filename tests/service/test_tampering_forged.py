"""A cheat forges what fits together: a row with its note, or the whole chain. It is named still."""

from sqlalchemy import Connection, text

from points.domain.findings import Code
from points.domain.notes import Note, NoteKind, note, write_notes
from points.storage.verifying import read_notes_of
from points.storage.verifying_allowances import read_allowance_rows
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
