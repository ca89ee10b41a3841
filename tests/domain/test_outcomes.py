from points.domain.outcomes import Refusal


def test_only_these_refusals_may_turn_into_a_yes() -> None:
    assert {refusal for refusal in Refusal if not refusal.is_final} == {
        Refusal.CREDENTIAL_REVOKED,
        Refusal.IN_REVIEW,
        Refusal.CARD_UNKNOWN,
        Refusal.CARD_FROZEN,
        Refusal.SECOND_FACTOR_NEEDED,
        Refusal.PIN_WRONG,
        Refusal.PIN_LOCKED,
        Refusal.NOT_OPEN_YET,
        Refusal.CLOCK_OFF,
        Refusal.NOT_CHECKED_IN,
        Refusal.OPERATION_UNKNOWN,
        Refusal.SLIP_UNKNOWN,
        Refusal.NOT_DUE,
        Refusal.NOTHING_TO_SHARE,
        Refusal.INTERNAL_INVARIANT,
    }


def test_what_is_final_or_with_a_person_is_remembered() -> None:
    assert [it for it in Refusal if it.is_remembered is not it.is_final] == [Refusal.IN_REVIEW]


def test_a_code_is_its_name_in_small_letters() -> None:
    assert [refusal.value for refusal in Refusal] == [refusal.name.lower() for refusal in Refusal]
