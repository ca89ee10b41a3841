from datetime import date

import pytest

from points.domain.programme_faults import (
    Fault,
    FaultCode,
    FaultLog,
    Path,
    Spot,
    Words,
    plain,
    show_path,
    show_value,
)

ONE = Words("一", "one")


def make_fault(
    code: FaultCode = FaultCode.WRONG_TYPE,
    *,
    key: str = "",
    about: str = "",
    line: int | None = None,
) -> Fault:
    return Fault(
        file="fair.toml",
        key=key,
        id=about,
        code=code,
        line=line,
        found=Words('"八"', '"8"'),
        allowed=Words("整数", "a whole number"),
    )


def test_a_fault_names_file_key_id_what_is_written_and_what_may_be() -> None:
    fault = make_fault(key="event[0].reward[3].price", about="fair/towel")

    assert fault.message == Words(
        'fair.toml：event[0].reward[3].price（fair/towel）：写的是 "八"，应为：整数。',
        'fair.toml: event[0].reward[3].price (fair/towel): this is "8". Expected a whole number.',
    )


def test_a_fault_in_the_writing_names_the_line() -> None:
    fault = make_fault(FaultCode.BAD_TOML, line=3)

    assert fault.message == Words(
        'fair.toml：第 3 行：这里不合 TOML 的写法（"八"）。应为：整数。',
        'fair.toml: line 3: this cannot be read as TOML ("8"). Expected a whole number.',
    )


@pytest.mark.parametrize("code", FaultCode)
def test_every_code_has_a_sentence_in_both_languages(code: FaultCode) -> None:
    message = make_fault(code, key="event").message

    assert message.zh.startswith("fair.toml：event：")
    assert message.zh.endswith("整数。")
    assert message.en.startswith("fair.toml: event: ")
    assert message.en.endswith("a whole number.")


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ((), ""),
        (
            ("event", 0, "reward", 3, "reserved_for", "elders"),
            "event[0].reward[3].reserved_for.elders",
        ),
        (("kinds", "微课堂", "points"), 'kinds."微课堂".points'),
        (("a.b",), '"a.b"'),
        (("a\x1b[31m",), '"a\\u001b[31m"'),
        (("k" * 100,), "k" * 60 + "…"),
    ],
)
def test_the_way_to_a_key_is_written_as_toml_would(path: Path, shown: str) -> None:
    assert show_path(path) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("八", '"八"'),
        ("a\nb\u202e\x9b", '"a\\nb\\u202e\\u009b"'),
        ("x" * 100, '"' + "x" * 59 + "…"),
        (True, "true"),
        (-5, "-5"),
        (10**59, "1" + "0" * 59),
        (date(2019, 12, 5), "2019-12-05"),
    ],
)
def test_a_value_is_shown_short_and_cannot_upset_a_terminal(value: object, shown: str) -> None:
    assert show_value(value) == Words(shown, shown)


def test_a_number_too_long_for_decimal_is_shown_all_the_same() -> None:
    assert show_value(16**5000).en == "0x1" + "0" * 57 + "…"


def test_tables_and_lists_are_shown_by_their_kind() -> None:
    assert [show_value({}), show_value([])] == [
        Words("一个表", "a table"),
        Words("一个列表", "a list"),
    ]


def test_a_name_keeps_characters_beyond_the_basic_plane() -> None:
    assert plain("杨𬭚·木拉提") == "杨𬭚·木拉提"


def test_faults_come_in_the_order_of_the_file_and_what_is_missing_where_its_table_begins() -> None:
    document = {"event": [{"id": 1}, {"name": 2, "date": 3}], "programme": {"zone": 4}}
    log = FaultLog("fair.toml")
    for path in [
        ("programme", "zone"),
        ("event", 1, "date"),
        ("event", 1, "price"),
        ("event", 0, "id"),
        ("event", 1, "name"),
    ]:
        Spot(log).at(*path).fault(FaultCode.WRONG_TYPE, ONE, ONE)

    assert [fault.key for fault in log.in_file_order(document)] == [
        "event[0].id",
        "event[1].price",
        "event[1].name",
        "event[1].date",
        "programme.zone",
    ]


def test_a_document_deeper_than_any_key_of_ours_is_put_in_order_all_the_same() -> None:
    deep: dict[str, object] = {}
    for _ in range(50_000):
        deep = {"a": deep}
    log = FaultLog("fair.toml")
    Spot(log).at("a").fault(FaultCode.UNKNOWN_KEY, ONE, ONE)

    assert [fault.key for fault in log.in_file_order(deep)] == ["a"]
