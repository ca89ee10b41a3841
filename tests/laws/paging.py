"""Do on the real service and in the model what happens on a household's page, or at its desk."""

from typing import TYPE_CHECKING, Any

from points.domain.allowance_codes import allowance_fingerprint
from points.domain.allowances import AllowanceRecord, Terms
from points.domain.desk import NotDone
from points.domain.one_time_codes import one_time_fingerprint
from points.domain.shown_cards import card_by_allowance, card_by_one_time_code
from points.service.allowances import (
    MadeAllowance,
    end_allowance,
    make_allowance,
    read_allowances,
)
from points.service.confirming import Giver, MadeCode, forget_pin, make_code, set_pin
from tests.laws.commands import Allow, EndAllowance, SetPin, ShowCode
from tests.laws.town import Refused
from tests.laws.trust import Allowance, Pin
from tests.laws.world import NUMBERS

if TYPE_CHECKING:
    from tests.laws.running import Run


def turn_page(run: "Run", command: SetPin | ShowCode | Allow | EndAllowance) -> None:
    match command:
        case SetPin():
            _set_pin(run, command)
        case ShowCode():
            _make_code(run, command)
            run.clock += command.later
            run.ask(command.batch, now=run.clock)
        case Allow():
            _allow(run, command)
            run.ask(command.batch, now=run.now)
        case EndAllowance(back):
            _end(run, back)


def _set_pin(run: "Run", command: SetPin) -> None:
    model, number = run.model, NUMBERS[command.card]
    household = model.root(model.cards[command.card].household)
    database, dice = run.stage.database, run.dice
    if command.pin is None:
        assert forget_pin(database, number) == household
        model.pins.pop(household, None)
    else:
        told = set_pin(database, number, command.pin, now=run.clock, random_bytes=dice)
        assert told == household
        model.pins[household] = Pin(command.pin)


def _make_code(run: "Run", command: ShowCode) -> None:
    database, number = run.stage.database, NUMBERS[command.card]
    made = make_code(database, number, now=run.clock, random_bytes=run.dice, pin=command.pin)
    try:
        due = run.model.make_code(run.model.cards[command.card], command.pin, run.clock)
    except Refused as refused:
        _assert_told(made, refused)
        return
    assert isinstance(made, MadeCode), f"{command}: {made}"
    assert made.is_confirmed is due.is_confirmed
    run.model.codes[card_by_one_time_code(one_time_fingerprint(made.code))] = due


def _allow(run: "Run", command: Allow) -> None:
    model = run.model
    household = model.root(model.cards[command.card].household)
    today = model.day(run.clock)
    last_day = today.fromordinal(today.toordinal() + command.days)
    terms = Terms(label="孙女", points_max=command.points_max, last_day=last_day)
    giver = Giver(household=household, pin=command.pin)
    at = run.now
    made = make_allowance(run.book, giver, terms, now=run.clock, random_bytes=run.dice)
    new = Allowance(household, command.points_max, last_day, command.pin is not None)
    try:
        due = model.allow(new, command.pin, run.clock)
    except Refused as refused:
        _assert_told(made, refused)
        return
    assert isinstance(made, MadeAllowance), f"{command}: {made}"
    run.follow(at, must=True)
    assert made.is_confirmed is due.is_confirmed
    due.number = made.record.number
    model.allowances[card_by_allowance(allowance_fingerprint(made.code))] = due


def _end(run: "Run", back: int) -> None:
    for allowance in list(run.model.allowances.values())[-back:][:1]:
        assert allowance.number is not None
        household = run.model.root(allowance.household)
        at, is_live = run.now, allowance.ended_at is None
        ended = end_allowance(run.book, household, allowance.number, now=run.clock)
        allowance.ended_at = allowance.ended_at or run.clock
        assert isinstance(ended, AllowanceRecord)
        assert ended.ended_at == allowance.ended_at
        run.follow(at, must=is_live)


def compare_pages(run: "Run") -> None:
    """Hold what is left of every allowance, as its household sees it, against the model."""
    model = run.model
    for allowance in model.allowances.values():
        household = model.root(allowance.household)
        told = {it.number: it for it in read_allowances(run.book, household)}
        found = told[allowance.number] if allowance.number else None
        assert found is not None
        due = (model.left_of(allowance), allowance.last_day, allowance.ended_at)
        assert (found.left, found.terms.last_day, found.ended_at) == due


def _assert_told(told: Any, refused: Refused) -> None:
    why = told.reason if isinstance(told, NotDone) else told
    assert why == refused.args[0], f"the service says {why}, the model {refused.args[0]}"
