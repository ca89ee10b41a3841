"""Whether the service lives, and whether it can work: for whoever starts and watches it."""

from typing import Literal

from fastapi import APIRouter

from points.service.reading import is_ready
from points.web.dependencies import Poster, Reader
from points.web.doors import open_door
from points.web.problems import Fault, Problem
from points.web.shapes import Said

router = APIRouter(tags=["health"])


class HealthOut(Said):
    """A good word."""

    status: Literal["ok"] = "ok"


@router.get("/healthz", **open_door())
async def get_health() -> HealthOut:
    """Tell that the process answers; a restart would not help it."""
    return HealthOut()


@router.get("/readyz", **open_door(refuses=[Fault.DATABASE_UNAVAILABLE, Fault.SHUTTING_DOWN]))
def get_readiness(reader: Reader, poster: Poster) -> HealthOut:
    """Tell that requests can be served: the database answers, and somebody posts."""
    if not poster.is_posting:
        raise Problem(Fault.SHUTTING_DOWN)
    if not is_ready(reader):
        raise Problem(Fault.DATABASE_UNAVAILABLE)
    return HealthOut()
