"""Addresses and tokens that cannot be ones, told before anything is sent."""

from pathlib import Path

import pytest

from points.client import (
    Client,
)
from tests.live import go_live_on_copy


@pytest.mark.parametrize(
    "address", ["localhost:8000", "ftp://x", "http://", "http://[x]", "http://x:y", "", "x"]
)
def test_an_address_that_is_none_is_refused_before_anything_is_sent(address: str) -> None:
    with pytest.raises(ValueError, match="the service's address"):
        Client(address, "pd_x")


@pytest.mark.parametrize("token", ["", "two words", "new\nline", "令牌"])
def test_a_token_that_cannot_be_one_is_refused_without_being_repeated(token: str) -> None:
    with pytest.raises(ValueError, match="one word of visible ASCII") as error:
        Client("http://localhost", token)

    assert not token or token not in str(error.value)


def test_what_stays_on_this_machine_passes_no_proxy(
    migrated_sqlite: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    monkeypatch.delenv("NO_PROXY", raising=False)

    with go_live_on_copy(migrated_sqlite, tmp_path) as live, live.client() as client:
        assert client.earn(live.blank_card(), "check-in").counts
