"""Let phones and partners in, by tokens that are shown once and kept only as hashes."""

import re
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from sqlalchemy import Connection

from points.domain.access import Credential, Role
from points.domain.desk import DeskFault, NotDone
from points.domain.ids import CredentialId
from points.domain.pairing import Pairing, TokenState, pairing_fault
from points.service.cards import RandomBytes
from points.service.transactions import settle, snapshot
from points.storage.access import (
    add_credential,
    credentials_among,
    find_credential,
    is_known,
    next_number,
    revoke_credential,
)
from points.storage.catalog import load_catalog
from points.storage.engine import Database
from points.storage.tokens import find_token, make_current

_TOKEN_BYTES = 32
_TOKEN = re.compile(r"p[dk]_[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted:
    """Somebody let in. The token is told here and never again."""

    credential: Credential
    token: str = field(repr=False)


def add_device(
    database: Database, pairing: Pairing, *, now: datetime, random_bytes: RandomBytes
) -> Admitted | NotDone:
    """Let a phone in."""
    if not pairing.is_device:
        return NotDone(reason=DeskFault.ROLE_INVALID)
    return _admit(database, pairing, now, random_bytes)


def add_partner_key(
    database: Database, pairing: Pairing, *, now: datetime, random_bytes: RandomBytes
) -> Admitted | NotDone:
    """Let a partner's system redeem at a booth."""
    if pairing.role is not Role.PARTNER:
        return NotDone(reason=DeskFault.ROLE_INVALID)
    return _admit(database, pairing, now, random_bytes)


def revoke(
    database: Database, credential: CredentialId, *, now: datetime
) -> CredentialId | NotDone:
    """Shut somebody out, from the next operation on. Who is out already stays out."""

    def act(connection: Connection) -> CredentialId | NotDone:
        if not is_known(connection, credential):
            return NotDone(reason=DeskFault.CREDENTIAL_UNKNOWN)
        revoke_credential(connection, credential, now)
        return credential

    return settle(database, act)


def credential_of_token(database: Database, token: str) -> Credential | None:
    """Tell whose token this is; a revoked one still says whose it was."""
    if not _TOKEN.fullmatch(token):
        return None
    with snapshot(database) as connection:
        return find_credential(connection, hash_of(token))


def credentials_of_tokens(database: Database, tokens: Sequence[str]) -> list[Credential | None]:
    """Tell whose tokens these are, in order; None where one is nobody's current token."""
    hashes = [hash_of(token) if _TOKEN.fullmatch(token) else b"" for token in tokens]
    known = {one for one in hashes if one}
    with snapshot(database) as connection:
        found = credentials_among(connection, known) if known else {}
    return [found.get(one) for one in hashes]


def come_in(database: Database, token: str, *, now: datetime) -> Credential | NotDone:
    """Tell whose token this is, and let a phone's next token take the place of its current one."""
    if not _TOKEN.fullmatch(token):
        return NotDone(reason=DeskFault.CREDENTIAL_UNKNOWN)
    token_hash = hash_of(token)
    with snapshot(database) as connection:
        found = find_token(connection, token_hash)
    if found is None:
        return NotDone(reason=DeskFault.CREDENTIAL_UNKNOWN)
    credential, state = found
    if state is TokenState.ENDED:
        return NotDone(reason=DeskFault.TOKEN_REPLACED)
    if state is TokenState.NEXT and not credential.is_revoked:
        settle(database, lambda it: make_current(it, credential.id, token_hash, at=now))
    return credential


def hash_of(token: str) -> bytes:
    """Give what is kept of a token."""
    # One round is enough: slowness protects what can be guessed, and 256 random bits cannot.
    return sha256(token.encode("ascii")).digest()


def _admit(
    database: Database, pairing: Pairing, now: datetime, random_bytes: RandomBytes
) -> Admitted | NotDone:
    kind, prefix = ("device", "pd_") if pairing.is_device else ("partner", "pk_")
    letters = urlsafe_b64encode(random_bytes(_TOKEN_BYTES)).decode().rstrip("=")
    token = prefix + letters

    def act(connection: Connection) -> Admitted | NotDone:
        fault = pairing_fault(load_catalog(connection), pairing)
        if fault is not None:
            return fault
        credential = Credential(
            id=CredentialId(f"{kind}:{next_number(connection, kind)}"),
            role=pairing.role,
            event=pairing.event,
            booth=pairing.booth,
        )
        add_credential(
            connection, credential, name=pairing.name, token_hash=hash_of(token), added_at=now
        )
        return Admitted(credential=credential, token=token)

    return settle(database, act)
