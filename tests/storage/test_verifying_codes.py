from datetime import timedelta

from points.domain.chain import micros, record_hash
from points.domain.ids import CardId, OperationId
from points.domain.pins import Tries
from points.domain.shown_cards import card_by_one_time_code
from points.domain.stored import CodeActLine, CodeLine, PinLine
from points.service.transactions import transaction
from points.storage.engine import Database
from points.storage.one_time_codes import add_one_time_code, use_codes
from points.storage.pins import note_tries, set_pin
from points.storage.verifying_codes import (
    read_code_acts,
    read_codes,
    read_pins,
    read_used_codes,
    set_used_codes,
)
from tests.market import LI, NOW, WANG
from tests.save import open_market

ONE, OTHER = bytes([1]) * 32, bytes([2]) * 32


def test_uses_are_read_in_order_and_put_back_as_redemptions_say(database: Database) -> None:
    open_market(database, points={WANG: 5})
    says = f'{{"code": "{card_by_one_time_code(ONE)}"}}'

    with transaction(database) as connection:
        for code in (ONE, OTHER):
            add_one_time_code(connection, code, card=CardId(WANG), at=NOW, is_confirmed=False)
        use_codes(connection, {card_by_one_time_code(OTHER): OperationId(1)})
        before = [*read_used_codes(connection)]
        set_used_codes(connection, [CodeActLine(2, says)])
        after = [*read_used_codes(connection)]

        assert [*read_code_acts(connection)] == []

    assert (before, after) == ([line_of(OTHER, used_by=1)], [line_of(ONE, used_by=2)])


def line_of(code: bytes, *, used_by: int | None = None) -> CodeLine:
    line = CodeLine(code, WANG, micros(NOW), 0, seal=b"", used_by=used_by)
    return line._replace(seal=record_hash(line.sealed()))


def test_every_code_is_read_and_every_pin_with_its_seal(database: Database) -> None:
    open_market(database)
    ends = NOW + timedelta(minutes=1)
    with transaction(database) as connection:
        for code in (ONE, OTHER):
            add_one_time_code(connection, code, card=CardId(WANG), at=NOW, is_confirmed=False)
        for household in (LI, WANG):
            set_pin(connection, household, salt=ONE, hashed=OTHER, at=NOW)
        note_tries(connection, LI, Tries(4, ends))

        codes, pins = [*read_codes(connection)], [*read_pins(connection)]

    untouched = PinLine(WANG, ONE, OTHER, micros(NOW), 0, None, b"")
    locked = untouched._replace(household=LI, tries=4, locked_until=micros(ends))
    assert sorted(codes) == [line_of(ONE), line_of(OTHER)]
    assert pins == [one._replace(seal=record_hash(one.sealed())) for one in (untouched, locked)]
