from sqlalchemy import ColumnElement, column

from points.storage.spans import EVERYTHING, Span


def test_a_span_holds_its_first_account_and_not_its_end() -> None:
    said = [str(one.compile(compile_kwargs={"literal_binds": True})) for one in where(Span(3, 9))]

    assert said == ["id >= 3", "id < 9"]


def test_everything_is_limited_by_nothing() -> None:
    assert where(EVERYTHING) == []


def test_an_account_may_be_told_by_its_owner() -> None:
    owners = list(Span(13, 19).where(column("owner"), less=10))

    said = [str(one.compile(compile_kwargs={"literal_binds": True})) for one in owners]
    assert said == ["owner >= 3", "owner < 9"]


def where(span: Span) -> list[ColumnElement[bool]]:
    return list(span.where(column("id")))
