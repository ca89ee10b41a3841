"""The notebook of a client: what it sent and what it was answered, safe on the disk."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Json = Mapping[str, Any]


class Notebook:
    """Writes a line before an operation is sent, and one more once its answer is there."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("a", encoding="utf-8")

    def will_send(self, operation: Json) -> None:
        self._write({"sent": operation})

    def was_answered(self, key: str, answer: Json) -> None:
        self._write({"id": key, "answer": answer})

    def close(self) -> None:
        self._file.close()

    def _write(self, line: Json) -> None:
        self._file.write(json.dumps(line) + "\n")
        self._file.flush()
        os.fdatasync(self._file.fileno())


@dataclass(frozen=True, slots=True)
class Noted:
    """What notebooks say together, in the order of writing."""

    sent: dict[str, Json] = field(default_factory=dict)
    answers: dict[str, Json] = field(default_factory=dict)
    """The first answer to each."""

    def unanswered(self) -> list[Json]:
        """Give what must be sent again, oldest first."""
        return [sent for key, sent in self.sent.items() if key not in self.answers]


def read_notebooks(*paths: Path) -> Noted:
    """Read notebooks; one that is being written ends with its last whole line."""
    noted = Noted()
    for path in paths:
        whole, _, _ = path.read_text("utf-8").rpartition("\n")
        for line in map(json.loads, whole.splitlines()):
            if "sent" in line:
                noted.sent[line["sent"]["id"]] = line["sent"]
            else:
                noted.answers.setdefault(line["id"], line["answer"])
    return noted
