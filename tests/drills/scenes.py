"""Everything that takes part in a drill, set up on an empty database."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from points.domain.access import Credential
from points.storage.engine import Database, open_database
from points.storage.migrate import migrate
from tests.drills.auditing import Audit, audit
from tests.drills.ground import prepare_ground
from tests.drills.phones import Phones, phones_at
from tests.drills.serving import Service, service_on

PHONES = 8


@dataclass(frozen=True, slots=True)
class Scene:
    """A service that is not started yet, phones that will talk to it, and its database."""

    database: Database
    phone: Credential
    service: Service
    phones: Phones

    def audit(self) -> Audit:
        """Hold what the phones noted against the book."""
        return audit(self.database, self.phone, self.phones.noted())


@contextmanager
def scene_on(url: str, folder: Path, *, phones: int = PHONES) -> Iterator[Scene]:
    """Set a drill up on an empty database."""
    with ExitStack() as stack:
        database = open_database(url)
        stack.callback(database.dispose)
        migrate(database)
        ground = prepare_ground(database)
        database.dispose()  # the service is to find the database as the dead one left it
        service = stack.enter_context(service_on(url, folder))
        at_booth = phones_at([service.base_url], ground.token, folder, count=phones)
        yield Scene(database, ground.phone, service, stack.enter_context(at_booth))
