from contextlib import closing
from pathlib import Path

from tests.drills.notebooks import Notebook, read_notebooks


def test_a_notebook_tells_what_was_sent_and_the_first_answer(tmp_path: Path) -> None:
    with closing(Notebook(tmp_path / "notes")) as notebook:
        notebook.will_send({"id": "a", "kind": "earn"})
        notebook.was_answered("a", {"points": 10})
        notebook.will_send({"id": "b", "kind": "undo"})
        notebook.was_answered("a", {"points": 99})

    noted = read_notebooks(tmp_path / "notes")

    assert noted.answers == {"a": {"points": 10}}
    assert noted.unanswered() == [{"id": "b", "kind": "undo"}]


def test_a_line_that_was_cut_short_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "notes").write_text('{"sent": {"id": "a"}}\n{"id": "a", "ans')

    noted = read_notebooks(tmp_path / "notes")

    assert noted.sent == {"a": {"id": "a"}}
    assert noted.answers == {}


def test_another_process_can_read_what_was_written_at_once(tmp_path: Path) -> None:
    with closing(Notebook(tmp_path / "notes")) as notebook:
        notebook.will_send({"id": "a"})

        assert read_notebooks(tmp_path / "notes").sent == {"a": {"id": "a"}}
