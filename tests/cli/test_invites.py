"""Invites on a terminal, whatever letters it has."""

import io
import sys

import pytest

from points.cli.invites import address_for_phones, draw_link, invite_link
from points.settings import read_settings

LINK = invite_link("https://points.example", "pi_" + "A" * 43)


def test_an_invite_stands_where_it_is_sent_to_nobody() -> None:
    assert invite_link("https://points.example", "pi_x") == "https://points.example/scan#i=pi_x"


@pytest.mark.parametrize(
    ("environment", "address"),
    [
        ({}, "http://127.0.0.1:8000"),
        ({"POINTS_HOST": "192.0.2.7", "POINTS_PORT": "8080"}, "http://192.0.2.7:8080"),
        ({"POINTS_PUBLIC_URL": "https://points.example/putuo/"}, "https://points.example/putuo"),
    ],
)
def test_phones_reach_the_service_where_the_settings_say(
    environment: dict[str, str], address: str
) -> None:
    assert address_for_phones(read_settings(environment)) == address


@pytest.mark.parametrize(
    ("encoding", "letters"),
    [("utf-8", "▀▄█ "), ("gb18030", "▀▄█ "), ("cp437", "▀▄█ "), ("latin-1", "# "), ("ascii", "# ")],
)
def test_a_code_is_drawn_in_letters_that_the_terminal_has(
    monkeypatch: pytest.MonkeyPatch, encoding: str, letters: str
) -> None:
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding=encoding))

    draw_link(LINK)

    sys.stdout.flush()
    assert set(written.getvalue().decode(encoding)) == {*letters, "\n"}
