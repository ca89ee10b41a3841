"""Files as phones save them: made by hand, to be uploaded or spoilt."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from points.domain.journals import Entry, digest_of
from tests.told import SAID_FIRST, texts, write

Operation = Mapping[str, object]


def queue_text(
    operations: Sequence[Operation],
    *,
    device: str = "device:1",
    settled: Sequence[Operation] = (),
    began_at: datetime = SAID_FIRST,
) -> str:
    """Write the file of a phone that has done all of this, the settled ones first."""
    lines: list[Entry] = []
    for one in (*settled, *operations):
        asked = {name: value for name, value in one.items() if name != "offline"}
        digest = digest_of(asked)
        lines = write(str(one["id"]), after=lines, began_at=began_at, digest=digest)
    said = {
        "format": "points-queue",
        "version": 1,
        "device": device,
        "made_at": began_at.isoformat(),
        "operations": list(operations),
        "journal": texts(lines),
    }
    return json.dumps({**said, "digest": digest_of(said)}, ensure_ascii=False, indent=1)
