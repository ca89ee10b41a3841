"""What is personal, how it is shown to others, and for how long it is kept."""

from datetime import datetime, timedelta

from points.domain.programme import Programme

_MASK = "*"
_SURNAME = 1


def masked_name(name: str) -> str:
    """Give a name as others may see it: 王伟 as 王*, however long it is."""
    return name[:_SURNAME] + _MASK if name else ""


def forgotten_before(programme: Programme, now: datetime) -> datetime | None:
    """Give the instant since which a household must have done something to be remembered.

    None where the programme keeps everything.
    """
    if programme.forget_days == 0:
        return None
    return now - timedelta(days=programme.forget_days)
