"""Under which addresses phones reach this machine: those that it has in its local networks."""

import re
import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import suppress
from ipaddress import ip_address

from points.outside.certificates import LOCAL_NETWORKS

EVERYWHERE = "0.0.0.0"  # noqa: S104 -- phones come from all networks that the machine is in

_LIKELY = ("192.168.", "10.", "172.", "100.", "169.254.")
"""What home and office networks begin with, the most usual first."""

# Networks between programs of one machine; no phone is in them.
_OF_PROGRAMS = re.compile(r"(docker|br-|veth|virbr|vmnet|vboxnet|lo)", re.IGNORECASE)

# To connect a datagram socket sends nothing: the system only says from where it would.
_SOMEWHERE = ("192.168.255.254", "10.255.255.254", "172.31.255.254")
_DISCARD = 9

# Linux tells an interface's address by this request, in these bytes of the answer.
_ASK_ADDRESS = 0x8915
_ASKED = struct.Struct("40s")
_ADDRESS = slice(20, 24)


def machine_name() -> str:
    """Give the name by which this machine is known to people and networks around it."""
    first = socket.gethostname().partition(".")[0].lower()
    return re.sub(r"[^a-z0-9-]+", "-", first).strip("-") or "points"


def local_addresses() -> list[str]:
    """Give the addresses under which phones reach this machine, the likeliest first."""
    found = {*_of_interfaces(), *_of_routes(), *_of_name()}
    return sorted(filter(_is_for_phones, found), key=_likelihood)


def _of_interfaces() -> Iterator[str]:
    """Ask each network interface; also one that leads nowhere, as a laptop's own hotspot."""
    ask = _asker()
    if ask is None:
        return
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        for _, name in socket.if_nameindex():
            if _OF_PROGRAMS.match(name):
                continue
            with suppress(OSError):  # it has no address now
                answer = ask(probe.fileno(), _ASK_ADDRESS, _ASKED.pack(name.encode()))
                yield socket.inet_ntoa(answer[_ADDRESS])


def _asker() -> Callable[[int, int, bytes], bytes] | None:
    try:
        import fcntl  # lazy: not on every platform
    except ImportError:
        return None
    return fcntl.ioctl


def _of_routes() -> Iterator[str]:
    """Ask from where the system would go to such networks."""
    for target in _SOMEWHERE:
        with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.connect((target, _DISCARD))
            yield probe.getsockname()[0]


def _of_name() -> Iterator[str]:
    with suppress(OSError):
        for *_, address in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET):
            yield str(address[0])


def _is_for_phones(address: str) -> bool:
    found = ip_address(address)
    return not found.is_loopback and any(found in network for network in LOCAL_NETWORKS)


def _likelihood(address: str) -> tuple[int, str]:
    return next(place for place, it in enumerate(_LIKELY) if address.startswith(it)), address
