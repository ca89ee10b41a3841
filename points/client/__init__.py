"""A typed client for the API, for tills, phones, scripts and the command line.

Every act gets its id before the first try and keeps it through every retry, so an answer that was
lost on the way back cannot make the act count twice. Acts that stay unanswered raise `Unanswered`,
which holds what must be sent again, under the same id.
"""

from points.client.answers import (
    Activity,
    Balance,
    Ending,
    Line,
    Outcome,
    Redemption,
    Reward,
    Statement,
)
from points.client.asking import TRIES_MAX, ClientError, Pace, Problem, Unanswered
from points.client.leads import Case, Exposure, LeadCalls, PhoneSeen, Settlement
from points.client.phones import (
    Bound,
    Bundle,
    Heard,
    JournalEnd,
    JournalTaken,
    PhoneCalls,
    Sealed,
    Station,
    new_token,
)
from points.client.tills import TillCalls

__all__ = [
    "TRIES_MAX",
    "Activity",
    "Balance",
    "Bound",
    "Bundle",
    "Case",
    "Client",
    "ClientError",
    "Ending",
    "Exposure",
    "Heard",
    "JournalEnd",
    "JournalTaken",
    "Line",
    "Outcome",
    "Pace",
    "PhoneSeen",
    "Problem",
    "Redemption",
    "Reward",
    "Sealed",
    "Settlement",
    "Statement",
    "Station",
    "Unanswered",
    "new_token",
]


class Client(TillCalls, PhoneCalls, LeadCalls):
    """Talks to one service with one token. Use it as a context manager, or `close` it."""
