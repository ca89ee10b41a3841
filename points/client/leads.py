"""What supervisors do: watch phones, settle cases, stop lost cards, know the worst case."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote
from uuid import uuid4

from points.client.answers import filled
from points.client.asking import Asker, Json, Unanswered


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneSeen:
    """A phone as its supervisor sees it."""

    device: str
    name: str
    holder: str | None
    last_seen_at: datetime | None
    waiting: int | None
    attention: int | None
    is_revoked: bool
    is_accounted: bool
    """Whether its event may close, as far as this phone goes."""
    shortfalls: tuple[str, ...]
    """Why it may not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """How a case was settled."""

    decision: str
    by: str
    note: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Something that a person must settle, or has settled."""

    id: str
    kind: str
    message: str
    device: str
    booth: int | None
    opened_at: datetime
    details: Mapping[str, int | str]
    suggested: str
    decisions: tuple[str, ...]
    """The ways to settle it."""
    settlement: Settlement | None
    """None while it is open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """The worst case if every booth loses the network now."""

    points: int
    yuan: str
    ceiling_points: int
    """For how many points one phone hands goods out to one household."""
    booths: tuple[Json, ...]
    """By booth, as `GET /exposure` describes it."""


class LeadCalls(Asker):
    """What a supervisor asks."""

    def phones(self) -> list[PhoneSeen]:
        """List the phones of the event, and what they still hold."""
        return self._ask("GET", "/devices").read(lambda said: [_phone(one) for one in said])

    def cases(self, state: str = "open", *, before: str = "", limit: int = 200) -> list[Case]:
        """List cases, the newest first: `open`, `settled` or `all`.

        The page that follows is asked for by `before`, with the last id of this one.
        """
        since = f"&before={quote(before, safe='')}" if before else ""
        path = f"/cases?state={quote(state, safe='')}&limit={limit}{since}"
        return self._ask("GET", path).read(lambda said: [_case(one) for one in said])

    def settle(self, case: str, decision: str, note: str, *, key: str | None = None) -> Case:
        """Settle a case, once for each key.

        Raises:
            Unanswered: Call this again with its `unsent`.
        """
        asked = {"id": key or str(uuid4()), "decision": decision, "note": note}
        try:
            path = f"/cases/{quote(case, safe='')}/settle"
            return self._ask("POST", path, lambda: asked).read(_case)
        except Unanswered as error:
            again = {"case": case, "decision": decision, "note": note, "key": asked["id"]}
            raise Unanswered(str(error), [again]) from error

    def exposure(self) -> Exposure:
        """Tell what can be lost if every booth loses the network now."""
        answer = self._ask("GET", "/exposure")
        return answer.read(lambda said: filled(Exposure, said, booths=tuple(said["booths"])))

    def freeze(self, number: str) -> datetime:
        """Stop a lost card by its spoken number; tell since when it is."""
        answer = self._ask("POST", "/cards/freeze", lambda: {"number": number})
        return answer.read(lambda said: datetime.fromisoformat(said["stopped_at"]))


def _phone(said: Json) -> PhoneSeen:
    seen = said["last_seen_at"]
    return filled(
        PhoneSeen,
        said,
        last_seen_at=None if seen is None else datetime.fromisoformat(seen),
        shortfalls=tuple(said["shortfalls"]),
    )


def _case(said: Json) -> Case:
    settled = said["settlement"]
    return filled(
        Case,
        said,
        opened_at=datetime.fromisoformat(said["opened_at"]),
        decisions=tuple(said["decisions"]),
        settlement=None if settled is None else _settlement(settled),
    )


def _settlement(said: Json) -> Settlement:
    return filled(Settlement, said, at=datetime.fromisoformat(said["at"]))
