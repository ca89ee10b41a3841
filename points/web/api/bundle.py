"""`GET /devices/bundle`: all that a phone works with, so that it works without a network too."""

from base64 import urlsafe_b64encode
from datetime import datetime, tzinfo
from hashlib import sha256
from typing import Self

from fastapi import APIRouter, Response

from points.domain.access import Credential
from points.domain.programme import Event, Programme
from points.service.bundles import Bundle, read_bundle
from points.service.posting import Book
from points.web.api.programme import ActivityOut, BoothOut, RewardOut, SessionOut
from points.web.dependencies import Reader, Visitor
from points.web.doors import DEVICES, door
from points.web.etags import TAGGED, IfNoneMatch, is_held, nothing_new, tag_of
from points.web.problems import Fault
from points.web.shapes import Said

router = APIRouter(prefix="/api/v1/devices", tags=["devices"])

_VERSION_BYTES = 16


class BundleEventOut(Said):
    """The event that a phone works for."""

    key: str
    name: str
    name_en: str
    sessions: list[SessionOut]

    @classmethod
    def of(cls, event: Event, zone: tzinfo) -> Self:
        """Say it by the clocks of a zone."""
        return cls(
            key=event.key,
            name=event.name,
            name_en=event.name_en,
            sessions=[
                SessionOut(opens=one.opens.astimezone(zone), closes=one.closes.astimezone(zone))
                for one in event.sessions
            ],
        )


class CommunityOut(Said):
    """A community whose households come here."""

    key: str
    name: str
    name_en: str
    buildings: list[str]


class OfflineOut(Said):
    """What a phone without a network is held to. The service alone decides, later."""

    ceiling_points: int
    """Most points of one card that this phone may spend meanwhile."""
    days_max: int
    """How late what it did may arrive."""
    clock_minutes_off_max: int
    undo_minutes: int


class LeaseOut(Said):
    """Goods that this phone may hand out without a network."""

    reward: str
    pieces: int


class SlipTermsOut(Said):
    """What slips a booth's phone may give out."""

    points_max: int
    days: int


class NoticeOut(Said):
    """What people are told before a household is noted."""

    version: str
    """To be sent when somebody has agreed to it."""
    text: str
    text_en: str


class BundleContent(Said):
    """What a phone works with, whenever it asks."""

    device: str
    event: BundleEventOut | None
    """Null where the event was called off."""
    booth: BoothOut | None
    communities: list[CommunityOut]
    """Whose households a card may be bound to here."""
    activities: list[ActivityOut]
    rewards: list[RewardOut]
    offline: OfflineOut
    leases: list[LeaseOut]
    slip: SlipTermsOut
    notice: NoticeOut
    quiz: str | None
    """The version of the sorting quiz's list (`GET /devices/quiz`), where it can be played."""

    @classmethod
    def of(cls, bundle: Bundle, device: str) -> Self:
        """Say it by the clocks of the programme's zone."""
        programme, notice = bundle.programme, bundle.notice
        zone = programme.zone
        return cls(
            device=device,
            event=None if bundle.event is None else BundleEventOut.of(bundle.event, zone),
            booth=None if bundle.booth is None else BoothOut.of(bundle.booth),
            communities=[
                CommunityOut(
                    key=one.key, name=one.name, name_en=one.name_en, buildings=list(one.buildings)
                )
                for one in bundle.communities
            ],
            activities=[ActivityOut.of(one) for one in bundle.activities],
            rewards=[RewardOut.of(one, zone) for one in bundle.offers],
            offline=_offline(programme),
            leases=[LeaseOut(reward=one.reward, pieces=one.pieces) for one in bundle.leases],
            slip=SlipTermsOut(points_max=programme.slip_points_max, days=programme.slip_days_valid),
            notice=NoticeOut(version=notice.version, text=notice.text, text_en=notice.text_en),
            quiz=bundle.quiz,
        )


class BundleOut(BundleContent):
    """All that a phone works with."""

    version: str
    made_at: datetime
    server_time: datetime


@router.get(
    "/bundle", response_model=BundleOut, **door(DEVICES, refuses=[Fault.INVALID], also=TAGGED)
)
def get_bundle(
    visit: Visitor, reader: Reader, response: Response, held: IfNoneMatch = ""
) -> BundleOut | Response:
    """Give all that the caller's phone works with, also when there is no network for hours."""
    content = bundle_content(reader, visit.caller, now=visit.now)
    version = version_of(content)
    if is_held(held, version):
        return nothing_new(version)
    response.headers["ETag"] = tag_of(version)
    now = visit.now.astimezone(visit.tongue.zone)
    return BundleOut(**dict(content), version=version, made_at=now, server_time=now)


def bundle_content(book: Book, caller: Credential, *, now: datetime) -> BundleContent:
    """Gather what the caller's phone works with."""
    return BundleContent.of(read_bundle(book, caller, now=now), caller.id)


def version_of(content: BundleContent) -> str:
    """Name what a phone works with: something else has another name."""
    hashed = sha256(content.model_dump_json().encode()).digest()[:_VERSION_BYTES]
    return urlsafe_b64encode(hashed).decode().rstrip("=")


def _offline(programme: Programme) -> OfflineOut:
    return OfflineOut(
        ceiling_points=programme.offline_points_per_card_max,
        days_max=programme.offline_days_max,
        clock_minutes_off_max=programme.clock_minutes_off_max,
        undo_minutes=programme.undo_minutes,
    )
