"""docs/programme-file.md says what the parser does, key by key."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from points.domain.programme_changes import ChangeFault
from points.domain.programme_faults import FaultCode, FaultLog, Spot
from points.domain.programme_file import SHAPES
from points.domain.programme_forms import WrittenNumber
from points.domain.programme_tables import NOTES, Key
from tests.programme_texts import read

DOCUMENT = (Path(__file__).parents[2] / "docs" / "programme-file.md").read_text(encoding="utf-8")
KEY_ROW = re.compile(r"\| `(\w+)` (\S+) \| (.+?) \| (.+?) \| .*\|")


def rows_under(title: str) -> list[tuple[str, str, str, str]]:
    """Give the rows of the table of keys under a heading: key, Chinese name, allowed, default."""
    for section in DOCUMENT.split("\n## ")[1:]:
        heading, _, body = section.replace("`", "", 2).partition("\n")
        if heading.split(" ")[0] == title or heading == title:
            found = (KEY_ROW.fullmatch(line) for line in section.splitlines() if line)
            assert body, "a heading has something below it"
            return [(row[1], row[2], row[3], row[4]) for row in found if row]
    return []


def default_of(key: Key[Any], written: str) -> object:
    """Read a default as the parser would read it."""
    assert written[0] == written[-1] == "`", "a default is written as in a file"
    raw = tomllib.loads(f"value = {written[1:-1]}", parse_float=WrittenNumber)["value"]
    return key.form.read(raw, Spot(FaultLog("")))


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.title)
def test_the_document_has_each_key_with_what_is_allowed(shape: Any) -> None:
    known = [key for key in shape.keys if key not in NOTES]

    assert [row[:3] for row in rows_under(shape.title)] == [
        (key.name, key.zh, key.form.allowed.en) for key in known
    ]


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.title)
def test_the_document_has_each_default(shape: Any) -> None:
    for name, _, _, written in rows_under(shape.title):
        key = shape.key(name)
        if key.is_required:
            assert written == "required"
        elif key.default is None:
            assert written == "–"
        else:
            assert default_of(key, written) == key.default


def test_the_notes_are_documented_once_for_all_tables() -> None:
    assert [row[:3] for row in rows_under("Notes for readers 备注")] == [
        (key.name, key.zh, key.form.allowed.en) for key in NOTES
    ]
    assert {shape.title for shape in SHAPES if shape.keys[-2:] != NOTES} == {
        "The file",
        "bonus",
    }


def test_every_table_of_keys_in_the_document_is_one_of_the_parsers() -> None:
    rows = re.findall(r"^\| `\w+` \S+ \| .*\| .*\| .*\|$", DOCUMENT, flags=re.MULTILINE)

    assert len(rows) == sum(
        len([key for key in shape.keys if key not in NOTES]) for shape in SHAPES
    ) + len(NOTES)


def test_every_code_is_in_the_document() -> None:
    section = DOCUMENT.split("\n## Faults")[1]

    assert re.findall(r"^\| `(\w+)` \|", section, flags=re.MULTILINE) == list(FaultCode)


def test_every_change_that_cannot_be_made_is_in_the_document() -> None:
    section = DOCUMENT.split("\n## Loading again")[1].split("\n## ")[0]

    assert re.findall(r"^\| `(\w+)` \|", section, flags=re.MULTILINE) == list(ChangeFault)


def test_the_example_in_the_document_can_be_read() -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", DOCUMENT, flags=re.DOTALL)

    found = read(example)

    assert [reward.home_booth for reward in found.rewards] == ["market-day/1"]
