from points.domain.programme_faults import FaultLog, Spot, Words
from points.domain.programme_forms import slug, table, text, whole
from points.domain.programme_lists import tables
from points.domain.programme_tables import Key, Shape, Table, note_twins, note_unknown

ID = Key("id", "编号", slug(), is_required=True)
NAME = Key("name", "名称", text(9), "无名")
PRICE = Key("price", "积分", whole(1, 9))
INNER = Key("bonus", "奖励", table("bonus"))
LIST = Key("reward", "奖品", tables("[[reward]]"))
SHAPE = Shape(title="[[event]]", keys=(ID, NAME, PRICE, INNER, LIST))


def read(**raw: object) -> tuple[Table, FaultLog]:
    log = FaultLog("fair.toml")
    return Table(raw, Spot(log).at("event", 0), SHAPE), log


def codes(log: FaultLog) -> list[tuple[str, str, str]]:
    return [(fault.key, fault.id, fault.code.value) for fault in log.faults]


def test_a_key_gives_what_is_written() -> None:
    found, log = read(id="fair", name="集市", price=3)

    assert [found.value(ID), found.value(NAME), found.get(PRICE)] == ["fair", "集市", 3]
    assert log.faults == []


def test_a_key_left_out_gives_its_default() -> None:
    found, _ = read(id="fair")

    assert (found.value(NAME), found.get(NAME), found.get(PRICE)) == ("无名", None, None)


def test_a_faulty_value_is_noted_and_stood_in_for() -> None:
    found, log = read(id="fair", price=0)

    assert (found.value(PRICE), found.get(PRICE)) == (1, None)
    assert (found.has(PRICE), found.is_faulty(PRICE), found.is_faulty(NAME)) == (True, True, False)
    assert codes(log) == [("event[0].price", "fair", "out_of_range")]


def test_unknown_and_missing_keys_are_noted_at_once() -> None:
    _, log = read(prize=3, name="集市")

    assert codes(log) == [("event[0].prize", "", "unknown_key"), ("event[0].id", "", "missing")]


def test_an_unknown_key_is_answered_with_the_nearest_one() -> None:
    _, log = read(id="fair", prise=3)

    assert log.faults[0].allowed == Words(
        "也许是 price; id, name, bonus, reward", "perhaps price; id, name, bonus, reward"
    )


def test_an_unknown_key_unlike_any_is_answered_with_all() -> None:
    _, log = read(id="fair", zzz=3)

    listed = "id, name, price, bonus, reward"
    assert log.faults[0].allowed == Words(listed, listed)


def test_tables_below_know_their_place_and_id() -> None:
    found, log = read(id="fair", bonus={"id": "x"}, reward=[{"id": "soap", "price": 0}, 1])

    inner, below = found.table(INNER, SHAPE), found.tables(LIST, SHAPE)

    assert inner is not None
    assert [inner.spot.id, below[0].spot.id, below[0].name] == ["fair/x", "fair/soap", "soap"]
    assert codes(log) == [
        ("event[0].reward[1]", "fair", "wrong_type"),
        ("event[0].reward[0].price", "fair/soap", "out_of_range"),
    ]


def test_a_table_left_out_is_none() -> None:
    found, _ = read(id="fair")

    assert (found.table(INNER, SHAPE), found.tables(LIST, SHAPE)) == (None, [])


def test_an_id_that_is_there_before_is_noted_with_where() -> None:
    found, log = read(id="fair", reward=[{"id": "soap"}, {"id": "soap"}, {}])

    found.tables(LIST, SHAPE)

    assert codes(log) == [
        ("event[0].reward[2].id", "fair", "missing"),
        ("event[0].reward[1].id", "fair/soap", "duplicate"),
    ]
    assert log.faults[1].allowed.en == "a name not yet used (event[0].reward[0].id has it)"


def test_what_has_no_name_is_no_twin() -> None:
    log = FaultLog("fair.toml")

    note_twins([(Spot(log).at(0), None), (Spot(log).at(1), None)])

    assert log.faults == []


def test_a_name_that_stands_for_nothing_is_noted_with_what_it_may_mean() -> None:
    log = FaultLog("fair.toml")
    what = Words("项目的编号", "the id of an activity")

    note_unknown(Spot(log), "stmp", ["game", "stamp"], what)
    note_unknown(Spot(log), "stmp", [], what)

    assert [fault.allowed for fault in log.faults] == [
        Words("项目的编号：也许是 stamp; game", "the id of an activity: perhaps stamp; game"),
        Words("项目的编号：本文件中没有", "the id of an activity: none in this file"),
    ]


def test_a_long_list_of_names_is_cut() -> None:
    log = FaultLog("fair.toml")

    note_unknown(Spot(log), "?", [f"n{number}" for number in range(99)], Words("", ""))

    assert log.faults[0].allowed.en.endswith("n38, n39, …")
