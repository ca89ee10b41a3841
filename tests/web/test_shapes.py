from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from points.web.shapes import (
    REASONS,
    CodeText,
    Day,
    Flag,
    GivenTwice,
    Instant,
    ItemName,
    KeyText,
    Label,
    Material,
    Said,
    Sent,
    UuidText,
    Whole,
    WrongField,
    wrong_fields,
)

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.builds(GivenTwice),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


class Everything(Sent):
    """One of each kind of field."""

    at: Instant
    day: Day | None = None
    count: Whole = 1
    is_so: Flag = False
    item: ItemName | None = None
    material: Material | None = None
    label: Label | None = None
    code: CodeText | None = None
    uuid: UuidText | None = None
    key: KeyText | None = None
    inner: dict[str, Whole] | None = None


NOW = "2019-12-05T10:00:00+08:00"


def faults(**given: object) -> list[WrongField]:
    try:
        Everything.model_validate({"at": NOW} | given)
    except ValidationError as error:
        return list(wrong_fields(error.errors(include_url=False)))
    return []


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        (NOW, datetime(2019, 12, 5, 2, tzinfo=UTC)),
        ("2019-12-05t02:00:00z", datetime(2019, 12, 5, 2, tzinfo=UTC)),
        ("2019-12-05T02:00:00.5Z", datetime(2019, 12, 5, 2, 0, 0, 500_000, tzinfo=UTC)),
        ("2019-12-05T02:00:00.123456789Z", datetime(2019, 12, 5, 2, 0, 0, 123_456, tzinfo=UTC)),
        ("2019-12-04T14:00:00-12:00", datetime(2019, 12, 5, 2, tzinfo=UTC)),
        ("2019-12-05T02:00:00-00:00", datetime(2019, 12, 5, 2, tzinfo=UTC)),
        ("9999-12-31T23:59:59Z", datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("0001-01-01T00:00:00+14:00", datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14)))),
    ],
)
def test_an_instant_is_read_as_rfc_3339_has_it(text: str, moment: datetime) -> None:
    assert Everything.model_validate({"at": text}).at == moment


def test_a_day_is_read_as_iso_8601_has_it_and_nothing_else_is() -> None:
    assert Everything.model_validate({"at": NOW, "day": "2019-12-31"}).day == date(2019, 12, 31)
    for value in ("2019-12-32", "2019-1-1", "20191231", "2019-W01-1", "2019-12-31T00:00:00Z", 0):
        assert faults(day=value) == [WrongField("day", "not_a_day")]


@pytest.mark.parametrize("value", [1.0, 1e3, "1", True, None, [1], {}])
def test_a_whole_number_is_a_json_integer(value: object) -> None:
    assert faults(count=value) == [WrongField("count", "not_a_whole_number")]


@pytest.mark.parametrize("value", [0, 1, "true", "", None])
def test_a_flag_is_true_or_false(value: object) -> None:
    assert faults(is_so=value) == [WrongField("is_so", "not_true_or_false")]


@pytest.mark.parametrize(
    ("field", "fine", "wrong"),
    [
        (
            "item",
            ["a", "check-in", "market/check-in", "5-r"],
            ["", "-a", "A", "a_b", "a\n", "ä", "a" * 64, "a/b/c", "/a", "a/", "a//b", "a/B"],
        ),
        ("material", ["paper", "other_plastic"], ["_a", "Paper", "纸"]),
        ("label", ["3", "３号楼", "a b", "\U0001f600"], ["a\0", "a\tb", "\x7f", "\n"]),
        ("uuid", ["b0a7b9a0-0000-4000-8000-00000000000F"], ["b0a7b9a0", "{}", "x" * 36]),
        ("key", ["!", "~", "till-1", "a:b/c?d#e"], ["a b", "ü", "\x7f", "a\n"]),
    ],
)
def test_text_has_the_form_that_it_must_have(field: str, fine: list[str], wrong: list[str]) -> None:
    assert [faults(**{field: text}) for text in fine] == [[]] * len(fine)
    assert {one for text in wrong for one in faults(**{field: text})} <= {
        WrongField(field, "not_in_form"),
        WrongField(field, "too_short"),
    }
    assert all(faults(**{field: text}) for text in wrong)


def test_a_scanned_code_may_be_any_text_up_to_4_kilobytes() -> None:
    assert [faults(code=text) for text in ("", "\0\n", "码" * 4096)] == [[], [], []]
    assert faults(code="x" * 4097) == [WrongField("code", "too_long")]
    assert faults(code="\ud800") == [WrongField("code", "not_unicode")]


def test_what_is_not_asked_for_is_named_in_plain_letters() -> None:
    assert faults(积分=5) == [WrongField("\\u79ef\\u5206", "unknown_field")]
    assert faults(**{"a\n\0": 5}) == [WrongField("a\\n\\x00", "unknown_field")]
    assert faults(**{"k" * 100: 5}) == [WrongField("k" * 64, "unknown_field")]


def test_what_lies_deeper_is_named_by_its_way() -> None:
    assert faults(inner={"paper": 1.5}) == [WrongField("inner.paper", "not_a_whole_number")]


def test_a_key_given_twice_is_told_wherever_it_stands() -> None:
    assert faults(inner=GivenTwice()) == [WrongField("inner", "given_twice")]
    assert faults(count=GivenTwice()) == [WrongField("count", "given_twice")]


def test_several_faults_are_all_told() -> None:
    assert faults(at="now", count="1", is_so=1) == [
        WrongField("at", "not_an_instant"),
        WrongField("count", "not_a_whole_number"),
        WrongField("is_so", "not_true_or_false"),
    ]


@given(st.dictionaries(st.sampled_from([*Everything.model_fields]) | st.text(), anything))
def test_whatever_is_sent_each_fault_has_a_public_reason_and_a_plain_name(
    content: dict[str, Any],
) -> None:
    try:
        Everything.model_validate(content)
    except ValidationError as error:
        for fault in wrong_fields(error.errors(include_url=False)):
            assert fault.reason in REASONS
            assert fault.field.isascii()
            assert fault.field.isprintable()


def test_what_is_answered_is_described_field_by_field() -> None:
    class Answer(Said):
        points: int
        """What came."""

    schema = TypeAdapter(Answer).json_schema()

    assert schema["properties"]["points"]["description"] == "What came."
    assert schema["additionalProperties"] is False
