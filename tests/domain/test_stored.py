from points.domain.chain import operation_hash, record_hash
from points.domain.stored import HASHED, OperationLine, act_of
from tests.build import ask, make_earn
from tests.lines import entry_lines, open_book, operation_line


def test_an_operations_first_values_are_hashed_with_its_entries() -> None:
    book = open_book()
    book.tell(ask(make_earn(), key="一"))
    posted = book.posted[-1]

    values = list(operation_line(posted)[:HASHED])
    for entry in entry_lines(posted):
        values += entry[1:]

    assert record_hash(values) == operation_hash(posted)
    assert OperationLine._fields[HASHED:] == ("chain", "batch")


def test_an_operation_is_an_act_of_its_household() -> None:
    book = open_book()
    book.tell(make_earn())
    line = operation_line(book.posted[-1])

    act = act_of(line)

    shared = set(act._fields) & set(line._fields)
    assert {name: getattr(act, name) for name in shared} == {
        name: getattr(line, name) for name in shared
    }
    assert act.undone_by is None
