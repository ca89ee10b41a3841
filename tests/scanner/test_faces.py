"""Every refusal has a face on the phone: one that a new code is missing from fails here."""

from json import loads
from pathlib import Path

from points.domain.outcomes import Refusal
from points.web.problems import Fault

FACES = Path(__file__).parents[2] / "points" / "scanner" / "src" / "faces.json"
KINDS = {"no", "look", "ask"}
OF_ITEMS = {Fault.INVALID, Fault.CARD_UNREADABLE, Fault.SLIP_UNREADABLE}
"""Faults that an operation is told by itself, among others that go well."""
OF_ITEMS |= {Fault.IDEMPOTENCY_KEY_REUSED}


def test_every_refusal_has_a_face_and_there_is_none_for_anything_else() -> None:
    faces = loads(FACES.read_text("utf-8"))

    assert set(faces) == {*map(str, Refusal), *map(str, OF_ITEMS)}
    assert {face["face"] for face in faces.values()} == KINDS


def test_a_line_to_say_is_there_in_both_languages_or_in_none() -> None:
    faces = loads(FACES.read_text("utf-8"))

    assert [code for code, face in faces.items() if ("zh" in face) != ("en" in face)] == []
