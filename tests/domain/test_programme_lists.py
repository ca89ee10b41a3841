import pytest

from points.domain.programme_faults import FaultLog, Spot
from points.domain.programme_forms import Form, slug, text, whole
from points.domain.programme_lists import by_name, named_tables, several, tables

BUILDINGS: Form[object] = several(text(3, least=1), 4, least=1)
RATES: Form[object] = by_name(slug(), whole(0, 9), 3)
EVENTS: Form[object] = tables("[[event]]")
KINDS: Form[object] = named_tables("[kinds.NAME]")


def read(form: Form[object], written: object) -> tuple[object, list[tuple[str, str]]]:
    """Read a value; give it with the key and code of each fault."""
    log = FaultLog("fair.toml")
    value = form.read(written, Spot(log).at("key"))
    return value, [(fault.key, fault.code.value) for fault in log.faults]


@pytest.mark.parametrize(
    ("form", "written", "value"),
    [
        (BUILDINGS, ["12", "2"], ("12", "2")),
        (RATES, {"paper": 2, "glass": 0}, {"paper": 2, "glass": 0}),
        (EVENTS, [{"id": "a"}, {}], [(0, {"id": "a"}), (1, {})]),
        (EVENTS, [], []),
        (KINDS, {"lecture": {"points": 5}}, {"lecture": {"points": 5}}),
    ],
)
def test_what_may_be_written_is_read(form: Form[object], written: object, value: object) -> None:
    assert read(form, written) == (value, [])


@pytest.mark.parametrize("form", [BUILDINGS, RATES, EVENTS, KINDS])
def test_a_value_of_another_type_is_not_mended(form: Form[object]) -> None:
    assert read(form, "12") == (None, [("key", "wrong_type")])


@pytest.mark.parametrize(
    ("form", "written"),
    [(BUILDINGS, []), (BUILDINGS, ["1"] * 5), (RATES, {}), (RATES, dict.fromkeys("abcd", 1))],
)
def test_too_few_and_too_many_are_refused(form: Form[object], written: object) -> None:
    assert read(form, written) == (None, [("key", "out_of_range")])


def test_every_member_of_a_list_that_does_not_fit_is_named() -> None:
    assert read(BUILDINGS, ["1", 2, "1", "3333"]) == (
        None,
        [("key[1]", "wrong_type"), ("key[2]", "duplicate"), ("key[3]", "out_of_range")],
    )


def test_blanks_around_a_member_do_not_make_it_another() -> None:
    assert read(BUILDINGS, ["1", "1 "]) == (None, [("key[1]", "duplicate")])


def test_every_name_and_value_of_a_table_that_does_not_fit_is_named() -> None:
    assert read(RATES, {"Paper": 2, "glass": 10, "metal": True}) == (
        None,
        [
            ("key.Paper", "not_allowed_value"),
            ("key.glass", "out_of_range"),
            ("key.metal", "wrong_type"),
        ],
    )


def test_what_is_no_table_is_named_and_the_others_keep_their_places() -> None:
    assert read(EVENTS, [{}, 1, {"id": "b"}]) == (
        [(0, {}), (2, {"id": "b"})],
        [("key[1]", "wrong_type")],
    )


def test_kinds_with_faulty_names_are_still_given() -> None:
    assert read(KINDS, {"Lecture": {}, "clean-up": 3}) == (
        {"Lecture": {}},
        [("key.Lecture", "not_allowed_value"), ("key.clean-up", "wrong_type")],
    )
