"""What a household agreed to: which wording of the notice, when and where, and until when."""

from dataclasses import dataclass
from datetime import datetime

from points.domain.ids import CredentialId, HouseholdId
from points.domain.notices import Notice, notice_of
from points.domain.programme import Catalog

PAGE = CredentialId("page")
"""Where a household agrees by itself, on its own page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """A household agreed to a wording of the notice."""

    household: HouseholdId
    """The one that agreed; another may stand for it today."""
    version: str
    agreed_at: datetime
    by: CredentialId
    """The phone, the desk or the page at which it was said."""
    withdrawn_at: datetime | None = None

    @property
    def stands(self) -> bool:
        """Whether it was never taken back."""
        return self.withdrawn_at is None


def current_notice(catalog: Catalog, now: datetime) -> Notice:
    """Give the notice that people are told today."""
    return notice_of(catalog.programme_at(now))


def find_notice(catalog: Catalog, version: str) -> Notice | None:
    """Find the wording of a version, today's or one of before: a phone may show it still."""
    wordings = (notice_of(one.item) for one in catalog.programme.all if one.item is not None)
    return next((notice for notice in wordings if notice.version == version), None)
