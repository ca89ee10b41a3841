from datetime import timedelta

from points.domain.pins import Tries
from points.service.transactions import transaction
from points.storage.engine import Database
from points.storage.pins import KeptPin, has_pin, hold_pin, note_tries, remove_pin, set_pin
from tests.market import LI, NOW, WANG
from tests.save import open_market

SALT, HASH = bytes(16), bytes(32)


def test_a_pin_is_kept_with_its_tries_until_it_is_set_anew_or_removed(database: Database) -> None:
    open_market(database)
    locked = Tries(3, NOW + timedelta(minutes=1))

    with transaction(database) as connection:
        set_pin(connection, WANG, salt=SALT, hashed=HASH, at=NOW)
        note_tries(connection, WANG, locked)
        first = hold_pin(connection, WANG)
        set_pin(connection, WANG, salt=SALT, hashed=HASH, at=NOW)
        second = hold_pin(connection, WANG)
        known = has_pin(connection, WANG), has_pin(connection, LI)
        remove_pin(connection, WANG)
        left = hold_pin(connection, WANG)

    kept = KeptPin(salt=SALT, hash=HASH, set_at=NOW, tries=locked)
    assert first == kept
    assert second == KeptPin(salt=SALT, hash=HASH, set_at=NOW, tries=Tries())
    assert (known, left) == ((True, False), None)
    assert "hash" not in repr(kept)
