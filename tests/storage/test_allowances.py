from datetime import timedelta

from points.domain.allowances import AllowanceRecord, Terms
from points.domain.cards import CardNumber
from points.domain.facts import Allowance, Card, CardState
from points.domain.ids import CardId
from points.domain.operations import card_by_code
from points.domain.shown_cards import card_by_allowance
from points.service.transactions import transaction
from points.storage.allowances import (
    NewAllowance,
    add_allowance,
    end_allowance,
    labels_of,
    load_allowances,
    load_allowances_of,
    spend_allowances,
)
from points.storage.engine import Database
from tests.market import DAY, LI, NOW, WANG
from tests.save import open_market

CODE = bytes([7]) * 32
TERMS = Terms(label="邻居小李", points_max=100, last_day=DAY)
NEW = NewAllowance(number=CardNumber("271836501"), fingerprint=CODE, terms=TERMS, is_confirmed=True)


def test_an_allowance_is_kept_spent_and_ended_once(database: Database) -> None:
    open_market(database)
    later = NOW + timedelta(hours=1)

    with transaction(database) as connection:
        number = add_allowance(connection, WANG, NEW, at=NOW)
        refs = [card_by_allowance(CODE), card_by_code(CODE)]
        fresh = load_allowances(connection, refs)
        spend_allowances(connection, {number: 60})
        spend_allowances(connection, {number: -10})
        end_allowance(connection, number, NOW)
        end_allowance(connection, number, later)
        ended = load_allowances(connection, refs)[refs[0]]
        records = load_allowances_of(connection, WANG), load_allowances_of(connection, LI)
        labels = labels_of(connection, {number}), labels_of(connection, set())

    card = Card(
        id=CardId(0), household=WANG, resident=None, state=CardState.ACTIVE, stopped_at=None
    )
    allowance = Allowance(id=number, card=card, points_max=100, last_day=DAY, is_confirmed=True)
    assert fresh == {refs[0]: allowance}
    assert (ended.spent, ended.card.state, ended.card.stopped_at) == (50, CardState.FROZEN, NOW)
    record = AllowanceRecord(
        id=number, number=NEW.number, terms=TERMS, spent=50, made_at=NOW, ended_at=NOW
    )
    assert (records, labels) == (((record,), ()), ({number: "邻居小李"}, {}))
