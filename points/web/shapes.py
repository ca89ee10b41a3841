"""The shapes of what is asked and answered: strict types with bounds, all of them in OpenAPI too.

A whole number is a JSON integer and nothing else: not 1.0, not "10", not true. An instant names its
zone. Nothing is trimmed, guessed or rounded; what is not asked for is refused, not ignored.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Strict, StringConstraints
from pydantic_core import ErrorDetails, PydanticCustomError

_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?"
    r"(?P<zone>[Zz]|[+-][0-9]{2}:[0-9]{2})?",
    re.ASCII,
)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_NAME_SHOWN_MAX = 64

# Reasons are public as well: add, never rename. What is not listed is "not_in_form".
_REASONS = {
    "missing": "missing",
    "extra_forbidden": "unknown_field",
    "int_type": "not_a_whole_number",
    "int_from_float": "not_a_whole_number",
    "bool_type": "not_true_or_false",
    "string_type": "not_text",
    "string_unicode": "not_unicode",
    "string_too_long": "too_long",
    "string_too_short": "too_short",
    "too_long": "too_many",
    "too_short": "too_few",
    "greater_than_equal": "too_small",
    "less_than_equal": "too_large",
    "literal_error": "not_one_of_these",
    "union_tag_invalid": "not_one_of_these",
    "union_tag_not_found": "missing",
    "dict_type": "not_an_object",
    "model_type": "not_an_object",
    "model_attributes_type": "not_an_object",
    "list_type": "not_a_list",
    "zone_missing": "zone_missing",
    "not_an_instant": "not_an_instant",
    "not_a_day": "not_a_day",
    "card_or_number": "card_or_number",
    "same_or_new": "same_or_new",
}
REASONS = frozenset(_REASONS.values()) | {"not_in_form", "given_twice"}
"""All that a field can be found to be."""


class Sent(BaseModel):
    """What somebody sends: fields that are not known are refused."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, hide_input_in_errors=True, use_attribute_docstrings=True
    )


class Said(BaseModel):
    """What the service answers."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class GivenTwice:
    """Stands for an object in which a key was given twice: nobody knows which was meant."""


@dataclass(frozen=True, slots=True)
class WrongField:
    """A field that is not as it must be, and why: one of the public reasons."""

    field: str
    reason: str


def wrong_fields(errors: list[ErrorDetails], *, skip: int = 0) -> Iterator[WrongField]:
    """Name what is wrong, by field and reason; what was sent is never repeated.

    Args:
        errors: As pydantic lists them.
        skip: How many steps at the front of each location are not the sender's.
    """
    for error in errors:
        # A key of an object that is not as it must be is named like what it holds.
        steps = [_shown(step) for step in error["loc"][skip:] if step != "[key]"]
        if error["type"] in ("union_tag_invalid", "union_tag_not_found"):
            steps.append("kind")
        is_twice = isinstance(error["input"], GivenTwice)
        reason = "given_twice" if is_twice else _REASONS.get(error["type"], "not_in_form")
        yield WrongField(".".join(steps), reason)


def _shown(step: int | str) -> str:
    """Show a field's name; one that we did not choose may hold anything, so ASCII alone."""
    return ascii(str(step))[1:-1][:_NAME_SHOWN_MAX]


def _instant(value: object) -> datetime:
    found = _INSTANT.fullmatch(value) if isinstance(value, str) else None
    if found is not None and found["zone"] is None:
        raise PydanticCustomError("zone_missing", "an instant names its zone")
    try:
        if found is not None:
            return datetime.fromisoformat(found[0].upper())
    except ValueError:  # 30 February, hour 25, a leap second
        pass
    raise PydanticCustomError("not_an_instant", "write it like 2019-12-05T10:00:00+08:00")


def _day(value: object) -> date:
    try:
        if isinstance(value, str) and _DAY.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise PydanticCustomError("not_a_day", "write it like 2019-12-31")


Instant = Annotated[datetime, BeforeValidator(_instant)]
"""RFC 3339 with its zone. Leap seconds are not taken: no phone's clock shows one."""

Day = Annotated[date, BeforeValidator(_day)]

Whole = Annotated[int, Strict()]
Flag = Annotated[bool, Strict()]

_SLUG = r"[a-z0-9][a-z0-9-]{0,62}"
ItemName = Annotated[str, StringConstraints(strict=True, pattern=rf"^{_SLUG}(/{_SLUG})?$")]
"""An activity or reward: `check-in` within the caller's own event, or `event/check-in`."""

Material = Annotated[str, StringConstraints(strict=True, pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")]
Label = Annotated[
    str,
    StringConstraints(strict=True, min_length=1, max_length=64, pattern=r"^[^\x00-\x1f\x7f]+$"),
]
"""A short text without control characters, such as a building's number."""

CodeText = Annotated[str, StringConstraints(strict=True, max_length=4096)]
"""Whatever a scanner read: what is no code of ours is refused as unreadable, not as misshapen."""

PinText = Annotated[str, StringConstraints(strict=True, max_length=64)]
"""Whatever was typed as a PIN; what is none is wrong like any other."""

DeviceName = Annotated[str, StringConstraints(strict=True, pattern=r"^device:[1-9][0-9]{0,9}$")]
"""A phone, as it was told when it was let in: `device:7`."""

UuidText = Annotated[
    str,
    StringConstraints(
        strict=True,
        pattern=r"^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$",
    ),
]
KEY_LENGTH_MAX = 200
KEY_PATTERN = r"^[\x21-\x7e]+$"
KeyText = Annotated[
    str,
    StringConstraints(strict=True, min_length=1, max_length=KEY_LENGTH_MAX, pattern=KEY_PATTERN),
]
"""Visible ASCII: a UUID, or an `Idempotency-Key`."""
