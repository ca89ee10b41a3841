from datetime import timedelta

from points.domain.facts import ShownCode
from points.domain.ids import CardId, OperationId
from points.domain.one_time_codes import LIVES, Lifetime
from points.domain.operations import card_by_code
from points.domain.shown_cards import card_by_one_time_code
from points.service.transactions import transaction
from points.storage.engine import Database
from points.storage.one_time_codes import add_one_time_code, count_unused, load_codes, use_codes
from tests.build import make_card
from tests.market import NOW, WANG
from tests.save import open_market

ONE, OTHER = bytes([1]) * 32, bytes([2]) * 32
REF = card_by_one_time_code(ONE)
CARD = CardId(WANG)


def test_a_code_names_its_card_and_who_used_it(database: Database) -> None:
    open_market(database, points={WANG: 5})
    first = OperationId(1)

    with transaction(database) as connection:
        add_one_time_code(connection, ONE, card=CARD, at=NOW, is_confirmed=True)
        fresh = load_codes(connection, [REF, card_by_one_time_code(OTHER), card_by_code(ONE)])
        use_codes(connection, {REF: first})
        used = load_codes(connection, [REF])[REF]

    code = ShownCode(card=make_card(WANG), lifetime=Lifetime(NOW), is_confirmed=True)
    assert fresh == {REF: code}
    assert (used.card, used.used_by) == (code.card, first)


def test_codes_that_ended_unused_go_with_the_next_one_and_used_ones_stay(
    database: Database,
) -> None:
    open_market(database, points={WANG: 5})
    third = bytes([3]) * 32

    with transaction(database) as connection:
        for code in (ONE, OTHER):
            add_one_time_code(connection, code, card=CARD, at=NOW, is_confirmed=False)
        use_codes(connection, {REF: OperationId(1)})
        waiting = count_unused(connection, CARD, since=NOW - LIVES)
        later = NOW + timedelta(seconds=60)
        add_one_time_code(connection, third, card=CARD, at=later, is_confirmed=False)
        refs = [card_by_one_time_code(code) for code in (ONE, OTHER, third)]
        left = load_codes(connection, refs)

    assert waiting == 1
    assert set(left) == {refs[0], refs[2]}
