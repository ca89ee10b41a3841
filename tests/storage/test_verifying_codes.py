from points.domain.ids import CardId, OperationId
from points.domain.shown_cards import card_by_one_time_code
from points.domain.stored import CodeActLine, CodeLine
from points.service.transactions import transaction
from points.storage.engine import Database
from points.storage.one_time_codes import add_one_time_code, use_codes
from points.storage.verifying_codes import read_code_acts, read_used_codes, set_used_codes
from tests.market import NOW, WANG
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

    assert (before, after) == ([CodeLine(OTHER, 1)], [CodeLine(ONE, 2)])
