"""Seal a balance so that only the card it belongs to opens it: AES-256-GCM, as browsers have it."""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from points.domain.sealing import Sealing

NONCE_BYTES = 12


def seal(sealing: Sealing, plain: bytes, nonce: bytes) -> bytes:
    """Give the nonce with the sealed text behind it; the card's tag is sealed in as well.

    Args:
        sealing: The card's. A record put under another card's tag does not open.
        plain: What the record says.
        nonce: 12 bytes that were never used with this key before.
    """
    assert len(nonce) == NONCE_BYTES, "AES-GCM counts on from twelve bytes"
    return nonce + AESGCM(sealing.key).encrypt(nonce, plain, sealing.tag)


def unseal(sealing: Sealing, sealed: bytes) -> bytes | None:
    """Give what a record says, or None: it is another's, or was changed."""
    nonce, text = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
    try:
        return AESGCM(sealing.key).decrypt(nonce, text, sealing.tag)
    except (InvalidTag, ValueError):
        return None
