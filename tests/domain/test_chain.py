import json
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from points.domain.chain import (
    GENESIS,
    Link,
    Plain,
    batch_hash,
    encode,
    micros,
    operation_hash,
)
from points.domain.facts import Posted
from points.domain.ids import (
    AccountId,
    BoothKey,
    CredentialId,
    EventKey,
    HouseholdId,
    LotId,
    OperationId,
    ResidentId,
)
from points.domain.ledger import Entry
from points.domain.notes import notes_marks
from points.domain.operations import Evidence, Kind, OperationKey, RequestKey

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "chain.json").read_text("utf-8"))


def posted_of(record: Mapping[str, Any]) -> Posted:
    """Read an operation as the vectors write it."""
    given = dict(record)
    return Posted(
        ref=RequestKey(given.pop("scope"), given.pop("key")),
        kind=Kind(given.pop("kind")),
        body="",
        fingerprint=bytes.fromhex(given.pop("fingerprint")),
        evidence=Evidence(given.pop("evidence")),
        occurred_at=datetime.fromisoformat(given.pop("occurred_at")),
        posted_at=datetime.fromisoformat(given.pop("posted_at")),
        local_day=date.fromisoformat(given.pop("local_day")),
        entries=tuple(entry_of(given["id"], entry) for entry in given.pop("entries")),
        **given,
    )


def entry_of(operation: OperationId, record: Mapping[str, Any]) -> Entry:
    given = dict(record)
    ends = given.pop("expires_at")
    return Entry(operation=operation, expires_at=ends and datetime.fromisoformat(ends), **given)


LINK = Link(
    chain=0, number=1, posted_at=datetime(2019, 12, 5, 2, 0, 1, tzinfo=UTC), previous=GENESIS
)
ENTRY = Entry(
    operation=OperationId(1),
    line=0,
    debit=AccountId(1),
    credit=AccountId(2),
    amount=10,
    lot=LotId(3),
    debit_seq=None,
    credit_seq=1,
)
POSTED = Posted(
    id=OperationId(1),
    ref=RequestKey(CredentialId("device:4"), OperationKey("one")),
    kind=Kind.EARN,
    body="{}",
    fingerprint=bytes(32),
    evidence=Evidence.LIVE,
    occurred_at=datetime(2019, 12, 5, 2, tzinfo=UTC),
    posted_at=datetime(2019, 12, 5, 2, 0, 1, tzinfo=UTC),
    local_day=date(2019, 12, 5),
    entries=(ENTRY,),
)


@pytest.mark.parametrize("vector", VECTORS["encoded"], ids=str)
def test_values_are_written_as_in_the_vectors(vector: Mapping[str, Any]) -> None:
    values: Sequence[Plain] = [
        bytes.fromhex(value["hex"]) if isinstance(value, dict) else value
        for value in vector["values"]
    ]

    assert encode(values) == vector["text"].encode("latin-1")


@pytest.mark.parametrize("vector", VECTORS["batches"], ids=lambda vector: vector["about"])
def test_a_batch_is_hashed_as_in_the_vectors(vector: Mapping[str, Any]) -> None:
    link = Link(
        chain=vector["chain"],
        number=vector["number"],
        posted_at=datetime.fromisoformat(vector["posted_at"]),
        previous=bytes.fromhex(vector["previous"]),
    )
    operations = [posted_of(record) for record in vector["operations"]]

    assert [operation_hash(one).hex() for one in operations] == vector["operation_hashes"]
    notes = notes_marks(vector.get("notes"))
    assert batch_hash(link, operations, notes=notes).hex() == vector["hash"]


def test_the_vectors_form_a_chain() -> None:
    batches = VECTORS["batches"]

    assert batches[0]["previous"] == GENESIS.hex()
    assert [batch["previous"] for batch in batches[1:]] == [batch["hash"] for batch in batches[:-1]]


OTHER: Mapping[str, Any] = {
    "id": OperationId(2),
    "ref": RequestKey(CredentialId("device:4"), OperationKey("two")),
    "kind": Kind.REDEEM,
    "fingerprint": b"\x01" * 32,
    "evidence": Evidence.OFFLINE,
    "occurred_at": POSTED.occurred_at + timedelta(microseconds=1),
    "posted_at": POSTED.posted_at + timedelta(microseconds=1),
    "local_day": date(2019, 12, 6),
    "household": HouseholdId(1),
    "resident": ResidentId(1),
    "event": EventKey("market"),
    "booth": BoothKey("market/4"),
    "item": "market/game",
    "version": 1,
    "quantity": 1,
    "points": 1,
    "expired": 1,
    "balance_after": 0,
    "reference": "",
    "reverses": OperationId(0),
    "details": {"place": 1},
    "entries": (),
}


def test_every_field_is_covered_but_the_text_that_the_fingerprint_covers() -> None:
    assert OTHER.keys() == {field.name for field in fields(Posted)} - {"body"}


@pytest.mark.parametrize("name", OTHER)
def test_a_change_of_any_field_changes_the_hash(name: str) -> None:
    changed = replace(POSTED, **{name: OTHER[name]})

    assert operation_hash(changed) != operation_hash(POSTED)
    assert batch_hash(LINK, [changed]) != batch_hash(LINK, [POSTED])


def test_a_request_of_the_same_name_by_another_phone_is_hashed_differently() -> None:
    other = replace(POSTED, ref=RequestKey(CredentialId("device:5"), OperationKey("one")))

    assert operation_hash(other) != operation_hash(POSTED)


@pytest.mark.parametrize("name", [field.name for field in fields(Entry)][1:])
def test_a_change_of_any_entry_changes_the_hash(name: str) -> None:
    other: dict[str, Any] = {name: POSTED.posted_at if name == "expires_at" else 99}
    changed = replace(POSTED, entries=(replace(ENTRY, **other),))

    assert operation_hash(changed) != operation_hash(POSTED)


@pytest.mark.parametrize(
    "details", [{"place": 2}, {"place": "1"}, {"plac": 1}, {"place": 1, "more": 0}]
)
def test_a_change_of_any_detail_changes_the_hash(details: Mapping[str, int | str]) -> None:
    first = replace(POSTED, details={"place": 1})

    assert operation_hash(replace(POSTED, details=details)) != operation_hash(first)


def test_details_are_hashed_in_no_order() -> None:
    one = replace(POSTED, details={"a": 1, "b": "2"})
    other = replace(POSTED, details={"b": "2", "a": 1})

    assert operation_hash(one) == operation_hash(other)


@pytest.mark.parametrize(
    "link",
    [
        replace(LINK, chain=1),
        replace(LINK, number=2),
        replace(LINK, posted_at=LINK.posted_at + timedelta(microseconds=1)),
        replace(LINK, previous=b"\x01" * 32),
    ],
)
def test_a_batch_at_another_place_is_hashed_differently(link: Link) -> None:
    assert batch_hash(link, [POSTED]) != batch_hash(LINK, [POSTED])


def test_operations_left_out_added_or_swapped_change_the_hash() -> None:
    other = replace(POSTED, id=OperationId(2))
    batches = [[], [POSTED], [other], [POSTED, other], [other, POSTED], [POSTED, POSTED]]

    assert len({batch_hash(LINK, batch) for batch in batches}) == len(batches)


def test_no_two_lists_of_values_read_the_same() -> None:
    lists: list[Sequence[Plain]] = [
        [],
        [None],
        [None, None],
        [""],
        ["", ""],
        [b""],
        [0],
        ["0"],
        [b"0"],
        [-1],
        ["-1"],
        [1, 2],
        [12],
        ["a", "b"],
        ["ab"],
        ["a", "", "b"],
        ["as1:b"],
    ]

    assert len({encode(values) for values in lists}) == len(lists)


def test_an_instant_is_counted_exactly_in_microseconds_whatever_its_zone() -> None:
    moment = datetime(2019, 12, 5, 2, 0, 0, 1, tzinfo=UTC)

    assert micros(moment) == 1_575_511_200_000_001
    assert micros(moment.astimezone()) == micros(moment)
    assert micros(datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)) == -1
    assert micros(datetime(9999, 1, 1, tzinfo=UTC)) == 253_370_764_800_000_000
