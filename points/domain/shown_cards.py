"""Name what is held up in place of a card: a one-time code, or an allowance.

Each gives a name of its own, so that whatever knows only cards finds none by it.
"""

from points.domain.operations import CardRef

_ONCE, _ALLOWANCE = "once:", "allowance:"


def card_by_one_time_code(fingerprint: bytes) -> CardRef:
    """Name the card that a one-time code stands for, by the fingerprint of the code."""
    return CardRef(_ONCE + fingerprint.hex())


def is_one_time(card: CardRef) -> bool:
    """Tell whether the card was shown as a one-time code."""
    return card.startswith(_ONCE)


def card_by_allowance(fingerprint: bytes) -> CardRef:
    """Name the card that an allowance is, by the fingerprint of its secret code."""
    return CardRef(_ALLOWANCE + fingerprint.hex())


def is_allowance(card: CardRef) -> bool:
    """Tell whether what was shown spends a part of a household's points."""
    return card.startswith(_ALLOWANCE)
