from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Column, Connection, MetaData, Table, Text, insert, select, text
from sqlalchemy.exc import DBAPIError, StatementError

from points.service.transactions import transaction
from points.storage.columns import BIG, Day, Json, Moment, among
from points.storage.engine import Database

SAMPLE = Table(
    "sample",
    MetaData(),
    Column("number", BIG),
    Column("word", Text),
    Column("moment", Moment),
    Column("day", Day),
    Column("detail", Json),
    sqlite_strict=True,
)
SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    with transaction(database) as opened:
        SAMPLE.create(opened)
        yield opened


def keep(connection: Connection, column: str, values: Sequence[Any]) -> None:
    connection.execute(insert(SAMPLE), [{column: value} for value in values])


def read(connection: Connection, column: str) -> list[Any]:
    return list(connection.execute(select(SAMPLE.c[column]).order_by(column)).scalars())


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2019, 12, 5, 9, 0, 0, 1, tzinfo=UTC),
        datetime(2019, 12, 5, 23, 59, 59, 999_999, tzinfo=SHANGHAI),
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    ],
    ids=str,
)
def test_an_instant_comes_back_to_the_microsecond_and_in_utc(
    connection: Connection, moment: datetime
) -> None:
    keep(connection, "moment", [moment])

    (found,) = read(connection, "moment")

    assert (found, found.tzinfo) == (moment, UTC)


def test_instants_keep_their_order_whatever_their_zones(connection: Connection) -> None:
    noon = datetime(2019, 12, 5, 12, tzinfo=SHANGHAI)
    moments = [noon, noon - timedelta(microseconds=1), noon.astimezone(UTC) + timedelta(hours=1)]

    keep(connection, "moment", moments)

    assert read(connection, "moment") == sorted(moments)


def test_an_instant_without_a_zone_is_refused(connection: Connection) -> None:
    with pytest.raises(StatementError, match="a moment needs a time zone"):
        keep(connection, "moment", [datetime(2019, 12, 5)])  # noqa: DTZ001 -- the mistake itself


def test_a_day_comes_back_and_is_kept_as_people_write_it(connection: Connection) -> None:
    days = [date(2019, 12, 5), date(2020, 2, 29)]

    keep(connection, "day", days)

    assert read(connection, "day") == days
    kept = connection.execute(text("SELECT day FROM sample ORDER BY day")).scalars().all()
    assert kept == ["2019-12-05", "2020-02-29"]


def test_an_object_comes_back_and_is_kept_in_one_spelling(connection: Connection) -> None:
    detail = {"单位": "毛巾", "left": 2**53 - 1, "deep": {"b": [1, None], "a": "\x00\n\"'"}}

    keep(connection, "detail", [detail])

    assert read(connection, "detail") == [detail]
    spelling = connection.execute(text("SELECT detail FROM sample")).scalar_one()
    assert spelling.startswith('{"deep": {"a": "\\u0000')
    assert spelling.endswith('"单位": "毛巾"}')


@pytest.mark.parametrize("column", ["moment", "day", "detail"])
def test_nothing_stays_nothing(connection: Connection, column: str) -> None:
    keep(connection, column, [None])

    assert read(connection, column) == [None]


@pytest.mark.parametrize("value", ["1.5", "'ten'", "9223372036854775808"])
def test_a_number_column_takes_whole_numbers_of_64_bits_only(
    connection: Connection, value: str
) -> None:
    # PostgreSQL would round 1.5: there it is the driver that never sends one for a whole number.
    if connection.dialect.name == "postgresql" and value == "1.5":
        value = "'1.5'"

    with pytest.raises(DBAPIError), connection.begin_nested():
        connection.execute(text(f"INSERT INTO sample (number) VALUES ({value})"))


@pytest.mark.parametrize(
    ("column", "kept", "asked", "found"),
    [
        ("number", [1, 2, 3, 2**62], [2, 3, 4, 2**62], [2, 3, 2**62]),
        ("number", [1], [], []),
        (
            "word",
            ["a", "'", '"', "毛巾", "{}"],
            ["'", '"', "毛巾", "{}", "x"],
            ['"', "'", "{}", "毛巾"],
        ),
        ("day", [date(2019, 12, 5), date(2019, 12, 6)], [date(2019, 12, 6)], [date(2019, 12, 6)]),
        (
            "moment",
            [datetime(2019, 12, 5, tzinfo=UTC)],
            [datetime(2019, 12, 5, 8, tzinfo=SHANGHAI)],
            [datetime(2019, 12, 5, tzinfo=UTC)],
        ),
    ],
    ids=["numbers", "none", "texts", "days", "instants"],
)
def test_values_are_asked_for_among_others(
    connection: Connection, column: str, kept: list[Any], asked: list[Any], found: list[Any]
) -> None:
    keep(connection, column, kept)

    which = select(SAMPLE.c[column]).where(among(SAMPLE.c[column], "asked"))

    assert sorted(connection.execute(which, {"asked": asked}).scalars(), key=str) == found


def test_any_number_of_values_can_be_asked_for_at_once(connection: Connection) -> None:
    keep(connection, "number", [7, 299_999, 300_000])

    which = select(SAMPLE.c.number).where(among(SAMPLE.c.number, "asked"))
    found = connection.execute(which, {"asked": range(300_000)}).scalars()

    assert sorted(found) == [7, 299_999]


def test_to_ask_for_nothing_at_all_is_a_mistake(connection: Connection) -> None:
    which = select(SAMPLE.c.number).where(among(SAMPLE.c.number, "asked"))

    with pytest.raises(StatementError, match="no list is not the same as an empty one"):
        connection.execute(which, {"asked": None})
