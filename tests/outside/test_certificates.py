"""Certificates of a local network, as other programs judge them: OpenSSL, by a real handshake."""

import socket
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from points.outside.certificates import (
    AUTHORITY_DAYS,
    SERVER_DAYS,
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

NOW = datetime(2026, 5, 1, 4, tzinfo=UTC)
DAY = timedelta(days=1)
HOSTS = ["192.168.1.5", "desk.local", "localhost", "127.0.0.1"]


@pytest.fixture(scope="module")
def authority() -> Certified:
    return make_authority("points desk", now=datetime.now(UTC))


def shake_hands(authority: Certified, served: Certified, host: str, folder: Path) -> bytes | None:
    """Meet a server that has this certificate, trusting this authority and nobody else.

    Returns:
        The certificate that was shown and trusted.
    """
    file = folder / "server.pem"
    file.write_bytes(served.together)
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(file)
    trusting = ssl.create_default_context(cadata=authority.certificate.decode())
    here, there = socket.socketpair()

    def answer() -> None:
        with there:
            try:
                serving.wrap_socket(there, server_side=True).close()
            except (ssl.SSLError, OSError):
                return  # whoever came hung up

    thread = Thread(target=answer)
    thread.start()
    try:
        with here, trusting.wrap_socket(here, server_hostname=host) as trusted:
            return trusted.getpeercert(binary_form=True)
    finally:
        thread.join()


@pytest.mark.parametrize("host", HOSTS)
def test_whoever_trusts_the_authority_trusts_the_service_under_each_of_its_names(
    authority: Certified, tmp_path: Path, host: str
) -> None:
    server = make_server_certificate(authority, HOSTS, now=datetime.now(UTC))

    shown = shake_hands(authority, server, host, tmp_path)

    leaf = x509.load_pem_x509_certificate(server.certificate)
    assert shown == leaf.public_bytes(serialization.Encoding.DER)


@pytest.mark.parametrize("host", ["192.168.1.6", "other.local"])
def test_under_any_other_name_it_is_not_trusted(
    authority: Certified, tmp_path: Path, host: str
) -> None:
    server = make_server_certificate(authority, HOSTS, now=datetime.now(UTC))

    with pytest.raises(ssl.SSLCertVerificationError, match="mismatch"):
        shake_hands(authority, server, host, tmp_path)


@pytest.mark.parametrize("host", ["bank.example", "8.8.8.8", "local.example"])
def test_what_the_authority_vouches_for_outside_local_networks_nobody_believes(
    authority: Certified, tmp_path: Path, host: str
) -> None:
    stolen = make_server_certificate(authority, [host], now=datetime.now(UTC))

    with pytest.raises(ssl.SSLCertVerificationError, match="permitted subtree violation"):
        shake_hands(authority, stolen, host, tmp_path)


def test_what_it_vouches_for_can_vouch_for_nobody(authority: Certified, tmp_path: Path) -> None:
    server = make_server_certificate(authority, HOSTS, now=datetime.now(UTC))
    below = make_server_certificate(server, HOSTS, now=datetime.now(UTC))

    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(authority, below, HOSTS[0], tmp_path)


def test_a_certificate_lasts_a_month_and_the_authority_for_years() -> None:
    authority = make_authority("points desk", now=NOW)
    server = make_server_certificate(authority, HOSTS, now=NOW)

    ends = [
        x509.load_pem_x509_certificate(one.certificate).not_valid_after_utc
        for one in (authority, server)
    ]

    assert ends == [NOW + AUTHORITY_DAYS * DAY, NOW + SERVER_DAYS * DAY]


def test_a_certificate_is_good_until_so_many_days_before_its_end() -> None:
    authority = make_authority("points desk", now=NOW)
    server = make_server_certificate(authority, HOSTS, now=NOW)
    end = NOW + SERVER_DAYS * DAY

    moments = [NOW - 2 * DAY, NOW, end - 11 * DAY, end - 10 * DAY, end]

    good = [is_good(server.certificate, now=moment, days=10) for moment in moments]
    assert good == [False, True, True, False, False]


def test_it_never_outlasts_the_authority() -> None:
    authority = make_authority("points desk", now=NOW)
    late = NOW + (AUTHORITY_DAYS - 3) * DAY

    server = make_server_certificate(authority, HOSTS, now=late)

    found = x509.load_pem_x509_certificate(server.certificate)
    assert found.not_valid_after_utc == NOW + AUTHORITY_DAYS * DAY


def test_it_is_told_whether_an_authority_vouches_for_all_hosts() -> None:
    authority, other = (make_authority("points desk", now=NOW) for _ in range(2))
    server = make_server_certificate(authority, HOSTS, now=NOW).certificate

    assert vouches_for(authority.certificate, server, HOSTS)
    assert vouches_for(authority.certificate, server, HOSTS[:1])
    assert not vouches_for(authority.certificate, server, [*HOSTS, "192.168.1.6"])
    assert not vouches_for(other.certificate, server, HOSTS)


def test_a_key_and_its_certificate_are_read_back(authority: Certified) -> None:
    assert read_certified(authority.together) == authority


def test_what_does_not_belong_together_is_not_read(authority: Certified) -> None:
    other = make_authority("points desk", now=NOW)
    for text in (b"", authority.certificate, authority.key, other.key + authority.certificate):
        with pytest.raises(ValueError, match=r"."):
            read_certified(text)


def test_a_key_is_never_shown(authority: Certified) -> None:
    assert "PRIVATE" not in repr(authority)


def test_phones_are_given_a_file_whose_fingerprint_is_the_one_shown(authority: Certified) -> None:
    found = x509.load_der_x509_certificate(as_file(authority.certificate))

    shown = fingerprint_of(authority.certificate)
    assert bytes.fromhex(shown) == found.fingerprint(hashes.SHA256())
    assert len(shown.split(" ")) == 32


def test_every_key_is_its_own() -> None:
    keys = {make_authority("points desk", now=NOW).key for _ in range(2)}

    loaded = [serialization.load_pem_private_key(key, None) for key in keys]
    assert len(keys) == 2
    assert all(isinstance(key, ec.EllipticCurvePrivateKey) for key in loaded)


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("192.168.0.1", True),
        ("10.1.2.3", True),
        ("172.31.0.1", True),
        ("fd00::1", True),
        ("127.0.0.1", True),
        ("desk.local", True),
        ("localhost", True),
        ("172.32.0.1", False),
        ("8.8.8.8", False),
        ("2001:db8::1", False),
        ("points.example", False),
        ("notlocal", False),
    ],
)
def test_local_networks_are_told_from_the_rest(host: str, *, expected: bool) -> None:
    assert is_local(host) is expected
