"""What the service is measured against: a route that does nothing, and a scan as usually written.

Both are FastAPI apps behind the very server that serves points, with the same settings.
"""

from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, FastAPI, HTTPException
from fastapi.responses import HTMLResponse
from pydantic import AwareDatetime, BaseModel
from sqlalchemy import Engine, event, func, insert
from sqlalchemy.orm import registry
from sqlmodel import Field, Session, SQLModel, create_engine, select

POINTS = 10
TIMES_PER_DAY_MAX = 10_000
_THREADS = 40
_FILLED_AT_ONCE = 10_000


def nothing_app() -> FastAPI:
    """Make an app that reads JSON and answers JSON, shows an empty page, and does nothing."""
    app = FastAPI()

    @app.post("/nothing")
    async def do_nothing(scans: list[dict[str, Any]]) -> dict[str, bool]:
        del scans
        return {"ok": True}

    @app.get("/page")
    async def show_nothing() -> HTMLResponse:
        return HTMLResponse("<!doctype html><html lang=zh-CN><title>.</title></html>")

    return app


class Plain(SQLModel, registry=registry()):
    """Tables of their own: nothing of the service knows them."""


class PlainHousehold(Plain, table=True):
    """A household with its card and its points."""

    __tablename__ = "plain_household"

    id: int | None = Field(default=None, primary_key=True)
    card: str = Field(unique=True)
    points: int = 0


class PlainScan(Plain, table=True):
    """A scan that earned points."""

    __tablename__ = "plain_scan"

    id: UUID = Field(primary_key=True)
    household_id: int = Field(foreign_key="plain_household.id", index=True)
    activity: str
    points: int
    occurred_at: datetime
    posted_at: datetime = Field(default_factory=lambda: datetime.now(UTC))


class ScanIn(BaseModel):
    """A scan as a phone sends it."""

    id: UUID
    kind: str
    card: str
    activity: str
    occurred_at: AwareDatetime


class ScanOut(BaseModel):
    """What came of a scan."""

    id: UUID
    status: str
    points: int
    balance: int


def open_plain(url: str) -> Engine:
    """Open the plain app's database, as durable as the service's own."""
    # As many connections as FastAPI has threads: with fewer, threads that wait for one keep those
    # from ending that have one.
    if not url.startswith("sqlite"):
        return create_engine(url, pool_size=_THREADS)
    engine = create_engine(url, connect_args={"timeout": 60}, pool_size=_THREADS)

    @event.listens_for(engine, "connect")
    def _set_up(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # else two scans at once fail each other

    return engine


def fill_plain(url: str, cards: Iterable[str]) -> None:
    """Make the plain app's tables, and a household for each card."""
    engine = open_plain(url)
    Plain.metadata.create_all(engine)
    left = iter(cards)
    with Session(engine) as session:
        while some := list(islice(left, _FILLED_AT_ONCE)):
            session.execute(insert(PlainHousehold), [{"card": card, "points": 0} for card in some])
        session.commit()
    engine.dispose()


def plain_app(url: str) -> FastAPI:
    """Make an app that takes one scan per request and transaction, through the ORM."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        engine.dispose()

    app = FastAPI(lifespan=lifespan)
    engine = open_plain(url)

    def get_session() -> Iterator[Session]:
        with Session(engine) as session:
            yield session

    @app.post("/scans")
    def scan(
        scans: list[ScanIn], session: Annotated[Session, Depends(get_session)]
    ) -> list[ScanOut]:
        return [_scan(session, one) for one in scans]

    return app


def _scan(session: Session, scan: ScanIn) -> ScanOut:
    found = select(PlainHousehold).where(PlainHousehold.card == scan.card)
    household = session.exec(found.with_for_update()).one_or_none()
    if household is None or household.id is None:
        raise HTTPException(404, "card unknown")
    before = session.get(PlainScan, scan.id)
    if before is not None:
        return ScanOut(
            id=scan.id, status="replayed", points=before.points, balance=household.points
        )
    today = select(func.count()).where(
        PlainScan.household_id == household.id,
        PlainScan.activity == scan.activity,
        PlainScan.occurred_at > scan.occurred_at - timedelta(days=1),
    )
    if session.exec(today).one() >= TIMES_PER_DAY_MAX:
        raise HTTPException(409, "limit reached")
    session.add(
        PlainScan(
            id=scan.id,
            household_id=household.id,
            activity=scan.activity,
            points=POINTS,
            occurred_at=scan.occurred_at,
        )
    )
    household.points += POINTS
    session.add(household)
    # Read before the commit: afterwards it would take a further transaction.
    answer = ScanOut(id=scan.id, status="accepted", points=POINTS, balance=household.points)
    session.commit()
    return answer
