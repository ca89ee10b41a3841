from collections import Counter
from itertools import count

from points.domain.facts import Accepted
from points.service.posting import post
from points.storage.engine import Database
from tests.drills.ground import Visitors, asked_by, prepare_ground


def test_most_of_what_visitors_want_is_accepted(database: Database) -> None:
    ground = prepare_ground(database)
    ids = count()
    visitors = Visitors(1, new_id=lambda: f"visit-{next(ids)}")

    found: Counter[tuple[object, bool]] = Counter()
    for _ in range(200):
        sent = visitors.next()
        [outcome] = post(ground.book, [asked_by(ground.phone, sent)])
        found[sent["kind"], isinstance(outcome, Accepted)] += 1
        if isinstance(outcome, Accepted):
            visitors.was_done(str(sent["id"]))

    assert {kind for kind, is_accepted in found if is_accepted} == {"earn", "redeem", "undo"}
    assert sum(many for (_, is_accepted), many in found.items() if is_accepted) > 120
