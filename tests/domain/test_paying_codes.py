"""One-time codes and allowances read as the scanner reads them: the vectors are shared."""

import json
from pathlib import Path
from typing import Any

import pytest

from points.domain.allowance_codes import (
    allowance_fingerprint,
    make_allowance_code,
    read_allowance_code,
)
from points.domain.checked_codes import CodeFault
from points.domain.one_time_codes import (
    make_one_time_code,
    one_time_fingerprint,
    read_one_time_code,
)

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "vectors" / "paying_codes.json").read_text("utf-8")
)
_WORST_FIRST = (CodeFault.CHECK_FAILED, CodeFault.OTHER_VERSION, CodeFault.UNREADABLE)


def vectors(of: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("vector", VECTORS[of], ids=ascii)


@vectors("one_time_codes_made")
def test_a_one_time_code_and_how_it_is_kept_never_change(vector: dict[str, str]) -> None:
    code = make_one_time_code(bytes.fromhex(vector["bytes"]))

    assert (code, one_time_fingerprint(code).hex()) == (vector["code"], vector["fingerprint"])


@vectors("allowance_codes_made")
def test_an_allowance_and_how_it_is_kept_never_change(vector: dict[str, str]) -> None:
    code = make_allowance_code(bytes.fromhex(vector["bytes"]))

    assert (code, allowance_fingerprint(code).hex()) == (vector["code"], vector["fingerprint"])


@vectors("codes_read")
def test_a_code_is_read_however_it_is_scanned(vector: dict[str, str]) -> None:
    read = {read_one_time_code(vector["scanned"]), read_allowance_code(vector["scanned"])}

    assert vector["code"] in read


@vectors("codes_refused")
def test_anything_else_is_refused_with_its_reason(vector: dict[str, str]) -> None:
    faults = {read_one_time_code(vector["scanned"]), read_allowance_code(vector["scanned"])}

    assert next(fault for fault in _WORST_FIRST if fault in faults) == vector["fault"]
