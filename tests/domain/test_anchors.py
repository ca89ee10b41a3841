import json
from typing import Any

import pytest

from points.domain.anchors import (
    Head,
    Heads,
    HeadsFault,
    check_published,
    document_of,
    heads_from_json,
    read_heads,
    write_heads,
)
from points.domain.chain import GENESIS
from points.domain.findings import Code, Findings
from tests.market import NOW

HASH = bytes(range(32))
PUBLISHED = {0: Head(12, HASH), 1: Head(0, GENESIS)}


def test_a_file_is_read_as_it_was_written() -> None:
    heads = Heads(NOW, PUBLISHED)

    assert read_heads(write_heads(heads)) == heads


def test_a_file_says_what_it_is() -> None:
    content = json.loads(write_heads(Heads(NOW, PUBLISHED)))

    assert content == {
        "format": "points-heads-1",
        "published_at": "2019-12-05T02:00:00+00:00",
        "heads": {
            "0": {"number": 12, "hash": HASH.hex()},
            "1": {"number": 0, "hash": "00" * 32},
        },
    }


def test_what_the_book_keeps_is_read_as_the_file_is() -> None:
    heads = Heads(NOW, PUBLISHED)

    assert read_heads(json.dumps(document_of(heads))) == read_heads(write_heads(heads)) == heads


@pytest.mark.parametrize(
    "content",
    [
        [],
        {"x": {"number": 1, "hash": HASH.hex()}},
        {"0": {"number": 1}},
        {"0": {"number": -1, "hash": HASH.hex()}},
        {"0": {"number": 1, "hash": "ff"}},
        {"0": {"number": 1, "hash": "no"}},
        {"0": 7},
    ],
)
def test_what_is_no_head_is_refused(content: Any) -> None:
    with pytest.raises(HeadsFault):
        heads_from_json(content)


@pytest.mark.parametrize(
    "change",
    [
        {"format": "points-heads-2"},
        {"published_at": "2019-12-05T10:00:00"},
        {"published_at": "today"},
        {"heads": []},
    ],
)
def test_what_is_no_file_of_heads_is_refused(change: dict[str, Any]) -> None:
    content = json.loads(write_heads(Heads(NOW, PUBLISHED)))

    with pytest.raises(HeadsFault):
        read_heads(json.dumps(content | change))


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "{}"])
def test_noise_is_no_file_of_heads(text: str) -> None:
    with pytest.raises(HeadsFault):
        read_heads(text)


def lost(published: dict[int, Head], hashes: dict[int, bytes]) -> list[tuple[Code, object]]:
    findings = Findings()
    check_published(published, hashes, findings, about={"anchor": 1})
    return [(one.code, one.about["chain"]) for one in findings.items]


def test_published_heads_still_stand() -> None:
    assert lost(PUBLISHED, {0: HASH}) == []


def test_a_head_that_is_gone_or_another_is_named() -> None:
    assert lost(PUBLISHED, {}) == [(Code.HEAD_LOST, 0)]
    assert lost(PUBLISHED, {0: GENESIS}) == [(Code.HEAD_LOST, 0)]
    assert lost({1: Head(0, HASH)}, {}) == [(Code.HEAD_LOST, 1)]
