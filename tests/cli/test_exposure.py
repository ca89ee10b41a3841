from pathlib import Path

from tests.cli.lending import hand_out, let_in
from tests.cli.terminal import Desk


def test_the_worst_case_is_told_by_booth_and_phone(desk: Desk, tmp_path: Path) -> None:
    let_in(desk, tmp_path)
    desk.says("stock", "lease", "soap", "--device", "device:1", "--quantity", 5)
    hand_out(desk, points=30)

    english, chinese = desk.says("exposure"), desk.says("exposure", language="zh")

    assert english == (
        "fair/4: 120 points, 0.00 yuan\n"
        "  device:1  120  (Soap 4 × 30)\n"
        "At worst 120 points, 0.00 yuan. Without a network one phone hands out goods for at most "
        "100 points to one household.\n"
    )
    assert chinese.startswith("fair/4：120 分，0.00 元\n  device:1  120  (肥皂 4 × 30)\n")
    assert desk.says("exposure", "--event", "fair") == english
    assert desk.says("exposure", "--event", "corridors").startswith("At worst 0 points")
