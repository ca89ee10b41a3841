"""Read back what was asked, from the line of JSON under which it was kept."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import date, datetime
from json import loads
from typing import Any, get_args

from points.domain.operations import Operation, Phase

_KINDS: Mapping[str, type[Any]] = {kind.kind: kind for kind in get_args(Operation)}

# All else is written as it is.
_READERS: Mapping[str, Callable[[str], object]] = {
    "occurred_at": datetime.fromisoformat,
    "last_day": date.fromisoformat,
    "phase": Phase,
}


def read_operation(body: str, *, is_offline: bool) -> Operation:
    """Give the operation that `canonical` has written like this.

    Args:
        body: One line of JSON; it says when it happened, as all that phones ask for does.
        is_offline: Whether it was said to have happened without a network, which the line leaves
            out.
    """
    said = loads(body)
    kind = _KINDS[said.pop("kind")]
    values = {name: _read(name, value) for name, value in said.items()}
    if is_offline and any(field.name == "is_offline" for field in fields(kind)):
        values["is_offline"] = True
    operation: Operation = kind(**values)
    return operation


def _read(name: str, value: Any) -> object:  # noqa: ANN401 -- whatever JSON holds
    reader = _READERS.get(name)
    return value if reader is None or value is None else reader(value)
