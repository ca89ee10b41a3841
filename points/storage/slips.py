"""Slips that were printed blank. Their codes are known only by hash."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Connection, insert, select
from sqlmodel import Field, SQLModel

from points.domain.operations import SlipRef
from points.storage.columns import Moment, among, table_of
from points.storage.statements import Query


class SlipPaperRow(SQLModel, table=True):
    """A blank slip. What it is worth stands in the book, once it is given out."""

    __tablename__ = "slip_paper"
    __table_args__ = {"sqlite_strict": True}

    ref: str = Field(primary_key=True)
    printed_at: datetime = Field(sa_type=Moment)


_paper = table_of(SlipPaperRow)
_PAPERS = Query(select(_paper.c.ref).where(among(_paper.c.ref, "refs")))


def add_papers(connection: Connection, refs: Sequence[SlipRef], *, at: datetime) -> None:
    """Add blank slips."""
    connection.execute(insert(_paper), [{"ref": ref, "printed_at": at} for ref in refs])


def papers_among(connection: Connection, refs: Collection[SlipRef]) -> frozenset[SlipRef]:
    """Tell which of these slips were printed blank."""
    if not refs:
        return frozenset()
    return frozenset(SlipRef(row.ref) for row in _PAPERS.rows(connection, refs=refs))
