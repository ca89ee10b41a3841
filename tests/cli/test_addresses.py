"""Addresses of this machine, whatever networks it happens to be in while this runs."""

import re
import socket
from ipaddress import ip_address

import pytest

from points.cli import addresses
from points.cli.addresses import local_addresses, machine_name
from points.outside.certificates import is_local


def test_every_address_is_one_of_a_local_network_and_this_machines_own() -> None:
    for address in local_addresses():
        assert is_local(address)
        assert not ip_address(address).is_loopback
        with socket.socket() as listener:
            listener.bind((address, 0))


def test_an_interface_is_asked_for_its_address(monkeypatch: pytest.MonkeyPatch) -> None:
    # Every machine has this one interface, and its address is known.
    monkeypatch.setattr(socket, "if_nameindex", lambda: [(1, "lo"), (2, "none")])
    monkeypatch.setattr(addresses, "_OF_PROGRAMS", re.compile("docker"))

    assert list(addresses._of_interfaces()) == ["127.0.0.1"]


def test_the_likeliest_address_comes_first_and_none_that_phones_cannot_reach(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = ["127.0.1.1", "172.20.0.3", "8.8.8.8", "10.0.0.4", "192.168.1.5", "169.254.1.1"]
    monkeypatch.setattr(addresses, "_of_interfaces", lambda: iter(found[:3]))
    monkeypatch.setattr(addresses, "_of_routes", lambda: iter(found[2:]))
    monkeypatch.setattr(addresses, "_of_name", lambda: iter(found))

    assert local_addresses() == ["192.168.1.5", "10.0.0.4", "172.20.0.3", "169.254.1.1"]


@pytest.mark.parametrize(
    ("host", "name"),
    [("Desk-2.example", "desk-2"), ("Ju Wei Hui", "ju-wei-hui"), ("居委会", "points")],
)
def test_a_machine_is_known_by_what_a_network_can_say(
    monkeypatch: pytest.MonkeyPatch, host: str, name: str
) -> None:
    monkeypatch.setattr(socket, "gethostname", lambda: host)

    assert machine_name() == name
