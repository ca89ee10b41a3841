"""HTTPS on the local network: keys kept, renewed, and proven by handshakes and a real browser."""

import signal
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from cryptography import x509

from points.cli import lan
from points.cli.lan import AUTHORITY, FOLDER, keep_certificates, open_network
from points.outside.certificates import AUTHORITY_DAYS, SERVER_DAYS, fingerprint_of
from tests.browser import launched
from tests.cli.terminal import run
from tests.cli.test_serving import Program, program
from tests.trusting import home_that_trusts

HOSTS = ["192.168.1.5"]
HERE = "127.0.0.1"
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def port() -> int:
    """Find three free ports in a row."""
    for first in range(18_300, 19_300, 3):
        try:
            for port in range(first, first + 3):
                socket.create_server((HERE, port)).close()
        except OSError:
            continue
        return first
    raise AssertionError("no three free ports in a row")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("lan") / "data"


@pytest.fixture(scope="module")
def service(data: Path, port: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """Start on the one network that is always there, which has this machine alone in it."""
    starting = ("start", "--lan", "--host", HERE, "--data", data, "--port", port)
    with program(tmp_path_factory.mktemp("pipes"), *starting) as service:
        service.until("Serving at ")
        yield service
        assert "Traceback" not in service.stop(signal.SIGTERM)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data" / FOLDER


def at(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    monkeypatch.setattr(lan, "now", lambda: moment)


def test_a_program_that_trusts_the_authority_alone_is_answered(
    service: Program, data: Path, port: int
) -> None:
    trusting = ssl.create_default_context(cafile=data / FOLDER / AUTHORITY)

    for host in (HERE, "localhost"):
        answer = httpx.get(f"https://{host}:{port + 1}/readyz", verify=trusting, trust_env=False)
        assert answer.json() == {"status": "ok"}


def test_a_program_that_does_not_trust_it_refuses(service: Program, port: int) -> None:
    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        httpx.get(f"https://{HERE}:{port + 1}/readyz", trust_env=False)


def test_what_is_not_encrypted_is_not_answered_at_the_encrypted_door(
    service: Program, port: int
) -> None:
    with pytest.raises(httpx.TransportError):
        httpx.get(f"http://{HERE}:{port + 1}/readyz", trust_env=False)


def test_this_machine_goes_on_as_without_it(service: Program, port: int) -> None:
    assert httpx.get(f"http://{HERE}:{port}/readyz", trust_env=False).status_code == 200


def test_the_page_gives_the_certificate_whose_fingerprint_the_terminal_shows(
    service: Program, data: Path, port: int
) -> None:
    given = httpx.get(f"http://{HERE}:{port + 2}/points.crt", trust_env=False).content
    page = httpx.get(f"http://{HERE}:{port + 2}", trust_env=False).text

    kept = x509.load_pem_x509_certificate((data / FOLDER / AUTHORITY).read_bytes())
    assert x509.load_der_x509_certificate(given) == kept
    fingerprint = fingerprint_of((data / FOLDER / AUTHORITY).read_bytes())
    assert f"{fingerprint}\n" in service.said
    assert fingerprint in page


def test_invites_lead_to_the_encrypted_door(service: Program, port: int) -> None:
    links = [line for line in service.said if "#i=" in line]

    assert len(links) == 2
    assert all(f"https://{HERE}:{port + 1}/scan#i=pi_" in line for line in links)


def test_in_a_browser_that_trusts_the_authority_the_scanner_may_use_the_camera(
    service: Program, data: Path, port: int, tmp_path: Path
) -> None:
    camera = ("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream")
    home = home_that_trusts(data / FOLDER / AUTHORITY, tmp_path)

    with launched(*camera, home=home) as chromium:
        page = chromium.new_page()
        answer = page.goto(f"https://{HERE}:{port + 1}/scan/")
        is_secure, tracks = page.evaluate(
            """async () => {
              await navigator.serviceWorker.ready;
              const seen = await navigator.mediaDevices.getUserMedia({ video: true });
              return [isSecureContext, seen.getVideoTracks().length];
            }"""
        )

    assert answer is not None
    assert (answer.status, is_secure, tracks) == (200, True, 1)


def test_a_browser_that_does_not_trust_it_warns(service: Program, port: int) -> None:
    with launched() as chromium, pytest.raises(Exception, match="ERR_CERT_AUTHORITY_INVALID"):
        chromium.new_page().goto(f"https://{HERE}:{port + 1}/scan/")


def test_keys_are_for_their_owner_alone(service: Program, data: Path) -> None:
    modes = {path.name: path.stat().st_mode & 0o777 for path in (data / FOLDER).iterdir()}

    assert modes == {"ca.crt": 0o600, "ca.pem": 0o600, "server.pem": 0o600}
    assert [path.stat().st_mode & 0o777 for path in (data, data / FOLDER)] == [0o700, 0o700]


def test_what_was_made_once_is_kept(folder: Path) -> None:
    first, again = keep_certificates(folder, HOSTS), keep_certificates(folder, HOSTS)

    assert (first.is_new, again.is_new) == (True, False)
    assert (again.authority, again.server) == (first.authority, first.server)


def test_a_certificate_is_renewed_before_its_end_and_phones_are_not_asked_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = keep_certificates(folder, HOSTS)
    soon = datetime.now(UTC) + (SERVER_DAYS - 10) * DAY

    at(monkeypatch, soon - DAY)
    before = keep_certificates(folder, HOSTS)
    at(monkeypatch, soon + DAY)
    after = keep_certificates(folder, HOSTS)

    assert before.server == first.server
    assert after.is_new
    assert after.server != first.server
    assert after.authority == first.authority


def test_an_authority_that_ends_soon_is_made_anew(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = keep_certificates(folder, HOSTS)

    at(monkeypatch, datetime.now(UTC) + (AUTHORITY_DAYS - 30) * DAY)
    after = keep_certificates(folder, HOSTS)

    assert after.authority != first.authority
    assert (folder / AUTHORITY).read_bytes().strip() == after.authority.certificate.strip()


def test_another_address_gets_another_certificate_of_the_same_authority(folder: Path) -> None:
    first, moved = keep_certificates(folder, HOSTS), keep_certificates(folder, ["10.0.0.7"])

    assert moved.is_new
    assert moved.authority == first.authority


@pytest.mark.parametrize("name", ["ca.pem", "server.pem"])
def test_what_is_damaged_is_made_anew(folder: Path, name: str) -> None:
    keep_certificates(folder, HOSTS)
    (folder / name).write_text("nothing", "ascii")

    assert keep_certificates(folder, HOSTS).is_new
    assert not keep_certificates(folder, HOSTS).is_new


def test_a_running_service_shows_its_new_certificate_to_whoever_comes_next(
    tmp_path: Path, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_network(tmp_path, HERE, port + 3) as network:
        before = shown_by(network.context)
        network.look()
        unchanged = shown_by(network.context)
        at(monkeypatch, datetime.now(UTC) + (SERVER_DAYS - 5) * DAY)
        network.look()
        after = shown_by(network.context)

    assert unchanged == before
    assert after != before


def test_a_service_that_moves_to_another_network_says_where_phones_find_it(
    tmp_path: Path, port: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("POINTS_LANGUAGE", "en")
    found = ["192.168.1.5"]
    monkeypatch.setattr(lan, "local_addresses", lambda: list(found))
    with open_network(tmp_path, "0.0.0.0", port + 3) as network:
        found.clear()
        network.look()
        silent = capsys.readouterr().out
        found.append("10.0.0.7")
        network.look()
        trust = network.trust()

    assert silent == ""
    assert f"Phones open http://10.0.0.7:{port + 4}" in capsys.readouterr().out
    assert trust.hosts == ("10.0.0.7",)


def test_an_address_of_no_local_network_is_refused_and_nothing_is_made(tmp_path: Path) -> None:
    data = tmp_path / "data"

    result = run("start", "--lan", "--host", "203.0.113.7", "--data", data)

    assert result.exit_code == 2
    assert result.stderr.endswith("For real use see docs/https.md.\n")
    assert not data.exists()


def test_a_machine_in_no_network_is_told_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lan, "local_addresses", list)
    data = tmp_path / "data"

    result = run("start", "--lan", "--data", data)

    assert result.exit_code == 1
    assert result.stderr.startswith("This machine is in no local network.")
    assert not data.exists()


def shown_by(context: ssl.SSLContext) -> bytes:
    """Give the certificate that the next handshake shows."""
    asking = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    asking.check_hostname, asking.verify_mode = False, ssl.CERT_NONE
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = asking.wrap_bio(to_client, to_server)
    server = context.wrap_bio(to_server, to_client, server_side=True)
    for side in (client, server, client, server):
        try:
            side.do_handshake()
        except ssl.SSLWantReadError:
            continue
    shown = client.getpeercert(binary_form=True)
    assert shown is not None
    return shown
