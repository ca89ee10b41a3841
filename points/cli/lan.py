"""HTTPS on the local network: an authority and certificates of this machine's own, kept on disk.

Phones give a page the camera over HTTPS alone. The authority is made once, so that phones are asked
to trust it once; what it vouches for is made anew when the machine's addresses change, or its time
comes, also while the service runs.
"""

import socket
import ssl
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from points.cli.addresses import EVERYWHERE, local_addresses, machine_name
from points.cli.door import now
from points.cli.files import keep_secret, private_folder, read_bytes
from points.cli.invites import draw_link
from points.cli.listening import listening
from points.cli.words import MISUSED, fail, say
from points.outside.certificates import (
    AUTHORITY_KEPT_DAYS,
    SERVER_KEPT_DAYS,
    Certified,
    as_file,
    fingerprint_of,
    is_good,
    is_local,
    make_authority,
    make_server_certificate,
    read_certified,
    vouches_for,
)
from points.web.trust import Trust

FOLDER = "https"
"""The folder of keys and certificates, inside the data folder."""

AUTHORITY = "ca.crt"
"""The authority's certificate in it, for programs that are to trust it."""

_AUTHORITY_KEY, _SERVER_KEY = "ca.pem", "server.pem"
_HERE = ("localhost", "127.0.0.1")


@dataclass(frozen=True, slots=True)
class Kept:
    """The authority and the service's certificate, as they are on disk now."""

    authority: Certified
    server: Certified
    is_new: bool
    """Whether either was made just now."""


def keep_certificates(folder: Path, hosts: Sequence[str]) -> Kept:
    """Make what is missing or no longer good, keep it for its owner alone, and give both."""
    private_folder(folder)
    kept = _read(folder / _AUTHORITY_KEY)
    is_kept = kept is not None and is_good(kept.certificate, now=now(), days=AUTHORITY_KEPT_DAYS)
    authority = kept if kept is not None and is_kept else _new_authority(folder)
    names = [*hosts, f"{machine_name()}.local", *_HERE]
    server = _read(folder / _SERVER_KEY)
    if server is not None and _is_right(authority, server, names):
        return Kept(authority, server, is_new=not is_kept)
    server = make_server_certificate(authority, names, now=now())
    keep_secret(folder / _SERVER_KEY, server.together.decode("ascii"))
    return Kept(authority, server, is_new=True)


class Network:
    """The service's doors to the local network: one that is encrypted, and one to come to trust it.

    Its certificate is changed while it runs.
    """

    def __init__(self, folder: Path, host: str, doors: tuple[socket.socket, socket.socket]) -> None:
        """Begin with what is on disk, made where it is missing."""
        self._folder, self._host = folder, host
        self.encrypted, self.plain = doors
        self.hosts = hosts_of(host)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.minimum_version = ssl.TLSVersion.TLSv1_2
        self._kept = keep_certificates(folder, self.hosts)
        self._load()

    @property
    def address(self) -> str:
        """Give the address of the service for phones."""
        return f"https://{self.hosts[0]}:{self.encrypted.getsockname()[1]}"

    @property
    def trust_address(self) -> str:
        """Give the address of the page by which they come to trust it."""
        return f"http://{self.hosts[0]}:{self.plain.getsockname()[1]}"

    def trust(self) -> Trust:
        """Say what phones are asked to trust now."""
        certificate = self._kept.authority.certificate
        return Trust(
            name=f"points {machine_name()}",
            certificate=as_file(certificate),
            fingerprint=fingerprint_of(certificate),
            hosts=tuple(self.hosts),
            scanner_port=self.encrypted.getsockname()[1],
            page_port=self.plain.getsockname()[1],
        )

    def look(self) -> None:
        """Look at the machine's addresses and at the time; renew what must be, and say so."""
        hosts = hosts_of(self._host) or self.hosts  # out of every network, for a moment
        kept = keep_certificates(self._folder, hosts)
        has_moved, self.hosts, self._kept = hosts != self.hosts, hosts, kept
        if kept.is_new:
            self._load()
        if has_moved or kept.is_new:
            say(
                f"地址或证书换了。手机打开 {self.trust_address}",
                f"The address or the certificate has changed. Phones open {self.trust_address}",
            )

    def tell(self) -> None:
        """Tell how phones come to trust the service, and what they will ask."""
        say(
            "手机要连同一个无线网。第一步，装信任（每台手机一次），用手机的相机打开：",
            "Phones must be in the same network. First, once for each phone, install the trust: "
            "open this with the phone's camera.",
        )
        if sys.stdout.isatty():  # elsewhere no camera sees it
            draw_link(self.trust_address)
        print(f"{self.trust_address}\n")
        say(
            "安装时核对指纹 SHA-256，一样才装：",
            "While installing, compare the SHA-256 fingerprint; install it only if it is this:",
        )
        print(f"{fingerprint_of(self._kept.authority.certificate)}\n")
        say(
            "手机会警告“能看到您的网络活动”，会问锁屏密码，打开扫码时会问镜头：都点允许。"
            "这张证书只管本地网络的地址；活动结束后请从手机里删掉。",
            "The phone will warn that your network activity may be seen, ask for its passcode and, "
            "in the scanner, for the camera: allow all three. The certificate counts for addresses "
            "of local networks alone; remove it after the event.",
        )
        invite = f"POINTS_PUBLIC_URL={self.address} points devices invite --booth 4 --role redeem"
        say(
            f"\n第二步，打开扫码，每台手机用自己的邀请：\n{invite}\n",
            f"\nSecond, open the scanner, each phone by an invite of its own:\n{invite}\n",
        )

    def _load(self) -> None:
        # New connections are met with the new certificate; those that are open stay as they are.
        self.context.load_cert_chain(self._folder / _SERVER_KEY)


@contextmanager
def open_network(data: Path, host: str, port: int) -> Iterator[Network]:
    """Take two ports of the local network, this one and the next, and make what they need."""
    if not hosts_of(host):
        fail(
            "这台机器不在任何本地网络里。请先连上无线网，或打开手机热点让它连上",
            "This machine is in no local network. Join one first, such as a phone's hotspot.",
        )
    with listening(host, port) as encrypted, listening(host, port + 1) as plain:
        private_folder(data)
        yield Network(data / FOLDER, host, (encrypted, plain))


def hosts_of(host: str) -> list[str]:
    """Give the addresses under which phones reach this machine, the likeliest first.

    Args:
        host: An address to listen on, or `EVERYWHERE`. With one of no local network it ends here.
    """
    if host == EVERYWHERE:
        return local_addresses()
    if not is_local(host):
        fail(
            f"{host} 不是本地网络的地址。正式使用请看 docs/https.md",
            f"{host} is no address of a local network. For real use see docs/https.md.",
            code=MISUSED,
        )
    return [host]


def _new_authority(folder: Path) -> Certified:
    authority = make_authority(f"points {machine_name()}", now=now())
    keep_secret(folder / _AUTHORITY_KEY, authority.together.decode("ascii"))
    keep_secret(folder / AUTHORITY, authority.certificate.decode("ascii"))
    return authority


def _is_right(authority: Certified, server: Certified, names: Sequence[str]) -> bool:
    return is_good(server.certificate, now=now(), days=SERVER_KEPT_DAYS) and vouches_for(
        authority.certificate, server.certificate, names
    )


def _read(path: Path) -> Certified | None:
    if not path.exists():
        return None
    try:
        return read_certified(read_bytes(path))
    except ValueError:
        return None  # damaged: it is made anew, and phones are asked anew
