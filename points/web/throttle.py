"""Hold back who knocks too often at a door that is open to anyone, by address and all together.

Each process counts for itself: what is guarded cannot be guessed in any number of tries, so this
only keeps a nuisance from costing the others their time.
"""

from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address
from threading import Lock

from points.domain.throttling import Bucket, Pace
from points.web.problems import Fault, Problem

# A whole venue may share one address, and pair all its phones within minutes.
OF_EACH = Pace(at_once=30, one_each=timedelta(seconds=2))
OF_ALL = Pace(at_once=300, one_each=timedelta(seconds=0.05))

_ADDRESSES_MAX = 10_000
_NETWORK_BITS = 64


class Throttle:
    """Remembers who tried how often, as long as that matters."""

    def __init__(self, *, clock: Callable[[], datetime]) -> None:
        """Begin with nobody having tried."""
        self._clock = clock
        self._all = Bucket(clock())
        self._of: OrderedDict[str, Bucket] = OrderedDict()
        self._lock = Lock()

    def admit(self, address: str) -> None:
        """Let a try from an address pass, and count it.

        Raises:
            Problem: There were too many; it says how long to wait.
        """
        now, name = self._clock(), _network(address)
        with self._lock:
            mine = self._of.pop(name, Bucket(now)).at(OF_EACH, now)
            everyones = self._all.at(OF_ALL, now)
            wait = max(mine.wait(OF_EACH, now), everyones.wait(OF_ALL, now))
            self._of[name] = mine if wait else mine.taken(OF_EACH)  # as the last who tried
            self._all = everyones if wait else everyones.taken(OF_ALL)
            if len(self._of) > _ADDRESSES_MAX:
                self._of.popitem(last=False)
        if wait:
            seconds = -(-wait // timedelta(seconds=1))
            raise Problem(Fault.TOO_MANY_REQUESTS, headers={"Retry-After": str(seconds)})


def _network(address: str) -> str:
    """Name what one household or phone has: of the new addresses it has a whole network."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if isinstance(found, IPv6Address) and found.ipv4_mapped is None:
        return str(int(found) >> _NETWORK_BITS)
    return address
