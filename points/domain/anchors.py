"""Heads of all chains, as they are published.

Whoever keeps a copy can prove that nothing before it was cut off or written anew.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from json import JSONDecodeError, dumps, loads

from points.domain.chain import GENESIS
from points.domain.findings import Code, Findings
from points.domain.periods import spelled

FORMAT = "points-heads-1"
_HASH_BYTES = 32


class HeadsFault(Exception):
    """What should be published heads cannot be read as such; says why."""


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a chain: its last batch's number and hash, or 0 and `GENESIS`."""

    number: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class Heads:
    """The ends of all chains at an instant, by chain."""

    published_at: datetime
    heads: Mapping[int, Head]


def heads_as_json(heads: Mapping[int, Head]) -> dict[str, dict[str, int | str]]:
    """Write heads as what JSON knows: by chain, number and hash in hexadecimal."""
    return {
        str(chain): {"number": head.number, "hash": head.hash.hex()}
        for chain, head in sorted(heads.items())
    }


def heads_from_json(content: object) -> dict[int, Head]:
    """Read heads as `heads_as_json` writes them.

    Raises:
        HeadsFault: They are written in another way.
    """
    if not isinstance(content, Mapping):
        raise HeadsFault("heads are given by chain")
    try:
        found = {
            int(chain): Head(int(head["number"]), bytes.fromhex(head["hash"]))
            for chain, head in content.items()
        }
    except (KeyError, TypeError, ValueError) as error:
        raise HeadsFault("a head is a number and a hash in hexadecimal") from error
    if any(len(head.hash) != _HASH_BYTES or head.number < 0 for head in found.values()):
        raise HeadsFault("a head's number counts batches, its hash has 32 bytes")
    return found


def document_of(heads: Heads) -> dict[str, object]:
    """Write down what leaves the house, and what the book keeps of it."""
    return {
        "format": FORMAT,
        "published_at": spelled(heads.published_at),
        "heads": heads_as_json(heads.heads),
    }


def write_heads(heads: Heads) -> str:
    """Write the file that leaves the house."""
    return dumps(document_of(heads), indent=2) + "\n"


def read_heads(text: str) -> Heads:
    """Read a document of heads, from its file or from the book.

    Raises:
        HeadsFault: It is no such document.
    """
    try:
        content = loads(text)
        is_ours = content["format"] == FORMAT
        published_at = datetime.fromisoformat(content["published_at"])
        heads = content["heads"]
    except (JSONDecodeError, KeyError, TypeError, ValueError) as error:
        raise HeadsFault("these are no published heads") from error
    if not is_ours or published_at.tzinfo is None:
        raise HeadsFault("these are heads of another format")
    return Heads(published_at, heads_from_json(heads))


def check_published(
    published: Mapping[int, Head],
    hashes: Mapping[int, bytes],
    findings: Findings,
    *,
    about: Mapping[str, int | str],
) -> None:
    """Check that published heads still stand in the book.

    Args:
        published: The heads.
        hashes: The hashes of the batches that stand in their places, by chain.
        findings: Told of every head that is gone.
        about: Names where the heads were published.
    """
    for chain, head in sorted(published.items()):
        found = hashes.get(chain) if head.number else GENESIS
        if found != head.hash:
            lost = {**about, "chain": chain, "batch": head.number}
            findings.add(Code.HEAD_LOST, lost, expected=head.hash, found=found)
