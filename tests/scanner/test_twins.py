"""The phone and the service read cards alike: whatever one says of a text, the other says too."""

import json
from random import Random
from typing import Any

from points.domain.cards import (
    CODE_BYTES,
    card_text,
    make_card_code,
    make_card_number,
    read_card_code,
    read_card_number,
)
from points.domain.checked_codes import CodeFault, check_character
from points.domain.journals import canonical, digest_of
from tests.scanner.workbench import SCANNER, run_node

FAULTS = [str(fault) for fault in CodeFault]
COUNT = 3000
SEED = 20191205

_CARD = (SCANNER / "src" / "card.ts").as_uri()
_JOURNAL = (SCANNER / "src" / "journal.ts").as_uri()
_READ_CARDS = f"""
import {{ readFileSync }} from "node:fs";
import {{ readCardCode, readCardNumber }} from "{_CARD}";
const texts = JSON.parse(readFileSync(0, "utf-8"));
const read = texts.map((text) => [Object.values(readCardCode(text))[0], readCardNumber(text)]);
process.stdout.write(JSON.stringify(read));
"""
_WRITE_VALUES = f"""
import {{ readFileSync }} from "node:fs";
import {{ canonical, digestOf }} from "{_JOURNAL}";
const values = JSON.parse(readFileSync(0, "utf-8"));
process.stdout.write(JSON.stringify(values.map((value) => [canonical(value), digestOf(value)])));
"""

ODD = (
    *" \t\r\n\u3000\u00a0\ufeff-－‐–0189oOlLiIuUpPsS/?#:.&=%",
    *"１９Ｐſıﬀß界\u0000\u007f",
    *("\ud800", "\U0001f600"),
)
WHOLE = [one for one in ODD if one != "\ud800"]
HOSTS = ("https://points.example", "http://192.168.1.20:8000", "https://[2001:DB8::1]/a", "ftp://a")


def spoil(text: str, random: Random) -> str:
    """Change a text a little, as scanners, keyboards and cheats do."""
    letters = list(text)
    for _ in range(random.choice([0, 0, 1, 1, 2, 5])):
        place = random.randint(0, len(letters))
        letters[place : place + random.randint(0, 1)] = random.choice([*ODD, "", "/c/", "#", text])
    spoilt = "".join(letters)
    return random.choice([spoilt, spoilt, spoilt.lower(), spoilt.upper(), f" {spoilt}\r\n"])


def make_text(random: Random) -> str:
    """Make a text that is a card, or nearly one, or nothing like it."""
    code = make_card_code(random.randbytes(CODE_BYTES))
    newer = "P2" + code[2:-1]
    number = make_card_number(random.randint(10_000_000, 99_999_999))
    made = [
        code,
        card_text(code, random.choice(HOSTS[:3])),
        f"{random.choice(HOSTS)}{random.choice(['/c/', '/C/', '#', '/?a=1#', '/c/?#'])}{code}",
        newer + check_character(newer),
        code[:9] + random.choice("0123456789") + code[10:],
        number,
        f"{number[:3]}{random.choice(ODD)}{number[3:6]}{random.choice(ODD)}{number[6:]}",
        "".join(random.choices(ODD, k=random.randint(0, 80))),
    ]
    return spoil(random.choice(made), random)


def make_value(random: Random, depth: int = 0) -> Any:
    """Make what a journal may have to write down."""
    text = "".join(random.choices(WHOLE, k=random.randint(0, 6)))
    plain = [
        None,
        True,
        False,
        random.randint(-(2**53) + 1, 2**53 - 1),
        random.randint(-9, 9),
        text,
    ]
    if depth == 3 or random.random() < 0.4:
        return random.choice(plain)
    inside = [make_value(random, depth + 1) for _ in range(random.randint(0, 3))]
    if random.random() < 0.5:
        return inside
    return {"".join(random.choices((*WHOLE, "\uffff"), k=2)): value for value in inside}


def test_both_read_any_text_alike() -> None:
    random = Random(SEED)
    texts = [make_text(random) for _ in range(COUNT)]

    theirs = json.loads(run_node(_READ_CARDS, text=json.dumps(texts)))

    ours = [[str(read_card_code(text)), read_card_number(text)] for text in texts]
    differ = [
        (text, our, their)
        for text, our, their in zip(texts, ours, theirs, strict=True)
        if our != their
    ]
    assert differ == []
    codes = [code for code, _ in ours]
    # A sample in which everything happens often proves something.
    assert all(codes.count(fault) > COUNT / 100 for fault in FAULTS)
    assert sum(code not in FAULTS for code in codes) > COUNT / 10
    assert sum(number is not None for _, number in ours) > COUNT / 50


def test_both_write_any_value_alike() -> None:
    random = Random(SEED)
    values = [make_value(random) for _ in range(COUNT // 10)]

    theirs = json.loads(run_node(_WRITE_VALUES, text=json.dumps(values)))

    assert theirs == [[canonical(value), digest_of(value)] for value in values]
