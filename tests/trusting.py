"""A browser whose owner has installed an authority of their own, as one does on a phone."""

import ctypes
import subprocess
import sys
from pathlib import Path

_STORE = Path(".pki") / "nssdb"
_FOR_SERVERS = b"C,,"


def home_that_trusts(certificate: Path, folder: Path) -> Path:
    """Make a home folder in which Chromium finds the authority; give it to `launched`."""
    store = folder / _STORE
    store.mkdir(parents=True)
    # In a process of its own: a program opens one such store in its life.
    subprocess.run([sys.executable, __file__, store, certificate], check=True)
    return folder


def _install(store: str, certificate: str) -> None:
    """Do what `certutil -A` does, by the libraries that Chromium itself keeps its store with."""
    nss, smime = ctypes.CDLL("libnss3.so"), ctypes.CDLL("libsmime3.so")
    for give in (
        smime.CERT_DecodeCertFromPackage,
        nss.PK11_GetInternalKeySlot,
        nss.CERT_GetDefaultCertDB,
    ):
        give.restype = ctypes.c_void_p
    text, trust = Path(certificate).read_bytes(), (ctypes.c_uint * 3)()
    assert nss.NSS_InitReadWrite(f"sql:{store}".encode()) == 0, "no store"
    found = ctypes.c_void_p(smime.CERT_DecodeCertFromPackage(text, len(text)))
    slot = ctypes.c_void_p(nss.PK11_GetInternalKeySlot())
    assert nss.PK11_InitPin(slot, None, b"") == 0, "no password, but an empty one"
    assert nss.PK11_ImportCert(slot, found, ctypes.c_ulong(0), b"authority", 0) == 0, "not taken"
    assert nss.CERT_DecodeTrustString(trust, _FOR_SERVERS) == 0, "no such trust"
    store_itself = ctypes.c_void_p(nss.CERT_GetDefaultCertDB())
    assert nss.CERT_ChangeCertTrust(store_itself, found, trust) == 0, "not trusted"


if __name__ == "__main__":
    _install(*sys.argv[1:])
