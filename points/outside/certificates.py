"""Certificates for a local network: an authority of one's own, and the service that it vouches for.

Phones give a page its camera over HTTPS alone, and no public authority vouches for an address at
home. So the machine makes an authority itself, once; phones are told to trust it, and it vouches
for whatever addresses the machine has that day. It cannot vouch for anything else: it is bound, by
name constraints (RFC 5280, 4.2.1.10), to private addresses and `.local` names. Were its key stolen,
no bank could be played with it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AUTHORITY_DAYS = 3 * 365
SERVER_DAYS = 30
AUTHORITY_KEPT_DAYS = 60
"""One that ends sooner is made anew before an event, not while it goes on."""
SERVER_KEPT_DAYS = 10
_DAY = timedelta(days=1)
_NAME_MAX = 64  # as X.509 has it

LOCAL_NETWORKS = tuple(
    ip_network(network)
    for network in (
        *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10"),
        *("127.0.0.0/8", "fc00::/7", "::1/128"),
    )
)
_LOCAL_NAMES = ("local", "localhost")
_EVERY_USE = {
    "digital_signature": False,
    "content_commitment": False,
    "key_encipherment": False,
    "data_encipherment": False,
    "key_agreement": False,
    "key_cert_sign": False,
    "crl_sign": False,
    "encipher_only": False,
    "decipher_only": False,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Certified:
    """A certificate and its key, both as PEM."""

    certificate: bytes
    key: bytes = field(repr=False)

    @property
    def together(self) -> bytes:
        """Give both as one text, which is whole on a disk or not there at all."""
        return self.key + self.certificate


def read_certified(together: bytes) -> Certified:
    """Read a key and the certificates behind it.

    Raises:
        ValueError: They are not there, or do not belong together.
    """
    key = serialization.load_pem_private_key(together, None)
    certificates = x509.load_pem_x509_certificates(together)
    if (
        not isinstance(key, ec.EllipticCurvePrivateKey)
        or certificates[0].public_key() != key.public_key()
    ):
        raise ValueError("the certificate is another key's")
    pem = b"".join(it.public_bytes(serialization.Encoding.PEM) for it in certificates)
    return Certified(certificate=pem, key=_pem_of(key))


def make_authority(name: str, *, now: datetime) -> Certified:
    """Make an authority for the local network. `name` is what phones list it under."""
    key = ec.generate_private_key(ec.SECP256R1())
    named = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:_NAME_MAX])])
    builder = _builder(named, named, key.public_key(), now, now + AUTHORITY_DAYS * _DAY)
    permitted: list[x509.GeneralName] = [x509.DNSName(it) for it in _LOCAL_NAMES]
    permitted += [x509.IPAddress(network) for network in LOCAL_NETWORKS]
    builder = (
        builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_use("key_cert_sign", "crl_sign"), critical=True)
        .add_extension(x509.NameConstraints(permitted, None), critical=True)
        .add_extension(_authority_key(key.public_key()), critical=False)
    )
    return _certified(builder.sign(key, hashes.SHA256()), key)


def make_server_certificate(
    authority: Certified, hosts: Sequence[str], *, now: datetime
) -> Certified:
    """Let an authority vouch for a service at these addresses and names, for a month."""
    issuer = x509.load_pem_x509_certificate(authority.certificate)
    signer = serialization.load_pem_private_key(authority.key, None)
    assert isinstance(signer, ec.EllipticCurvePrivateKey), "an authority has the key made for it"
    key = ec.generate_private_key(ec.SECP256R1())
    named = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, hosts[0][:_NAME_MAX])])
    ends = min(now + SERVER_DAYS * _DAY, issuer.not_valid_after_utc)
    builder = (
        _builder(named, issuer.subject, key.public_key(), now, ends)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_use("digital_signature"), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(list(map(_general, hosts))), critical=False)
        .add_extension(_authority_key(signer.public_key()), critical=False)
    )
    made = _certified(builder.sign(signer, hashes.SHA256()), key)
    # The authority's goes along: whoever trusts it by its key alone finds it there.
    return replace(made, certificate=made.certificate + authority.certificate)


def is_good(certificate: bytes, *, now: datetime, days: int) -> bool:
    """Tell whether a certificate holds now and for so many days to come."""
    found = x509.load_pem_x509_certificate(certificate)
    soon = now + days * _DAY
    return found.not_valid_before_utc <= now and soon < found.not_valid_after_utc


def vouches_for(authority: bytes, certificate: bytes, hosts: Sequence[str]) -> bool:
    """Tell whether this authority vouches, by this certificate, for all of these hosts."""
    issuer, found = map(x509.load_pem_x509_certificate, (authority, certificate))
    try:
        found.verify_directly_issued_by(issuer)
    except (ValueError, InvalidSignature):
        return False
    named = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return set(map(_general, hosts)) <= set(named)


def is_local(host: str) -> bool:
    """Tell whether an authority of a local network may vouch for this address or name."""
    try:
        address = ip_address(host)
    except ValueError:
        return host == "localhost" or host.endswith(".local")
    return any(address in network for network in LOCAL_NETWORKS)


def as_file(certificate: bytes) -> bytes:
    """Give a certificate as phones take it from a file: DER."""
    found = x509.load_pem_x509_certificate(certificate)
    return found.public_bytes(serialization.Encoding.DER)


def fingerprint_of(certificate: bytes) -> str:
    """Give the SHA-256 that phones show of a certificate, in pairs, for people to compare."""
    found = x509.load_pem_x509_certificate(certificate)
    return found.fingerprint(hashes.SHA256()).hex(" ").upper()


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey,
    now: datetime,
    ends: datetime,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _DAY)  # a phone's clock may be a little behind
        .not_valid_after(ends)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _use(*uses: str) -> x509.KeyUsage:
    return x509.KeyUsage(**(_EVERY_USE | dict.fromkeys(uses, True)))


def _authority_key(key: ec.EllipticCurvePublicKey) -> x509.AuthorityKeyIdentifier:
    return x509.AuthorityKeyIdentifier.from_issuer_public_key(key)


def _general(host: str) -> x509.GeneralName:
    try:
        address: IPv4Address | IPv6Address = ip_address(host)
    except ValueError:
        return x509.DNSName(host)
    return x509.IPAddress(address)


def _certified(certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> Certified:
    return Certified(
        certificate=certificate.public_bytes(serialization.Encoding.PEM),
        key=_pem_of(key),
    )


def _pem_of(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
