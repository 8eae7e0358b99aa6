"""Words of the work on cases: levels, actions, states, and steps as the rules see them."""

from collections.abc import Mapping
from enum import IntEnum, StrEnum
from types import MappingProxyType

from msgspec import Struct

MAY_SKIP = "emergency"
"""The urgency for which a level may be passed over."""
URGENT = frozenset({"urgent", MAY_SKIP})
"""What does not wait its turn."""
DISPUTE = "dispute"
MATERNAL = "maternal"
LIVELIHOOD = "livelihood"
OFFICE_ONLY = frozenset({"protection", "protection_step"})
"""Kinds of record that phones write and never receive: whoever is hurt may share the phone."""
APPEND_ONLY = frozenset({"case_step", "protection_step", "nil_report"})
"""Kinds of record that are written once: a correction is a new record."""
PROTECTION = "protection"
STEP_KINDS: Mapping[str, str] = MappingProxyType(
    {"case": "case_step", "protection": "protection_step"}
)
"""The kind of the steps of each kind of case."""


class Level(IntEnum):
    """Who holds a case: small things do not leave the grid."""

    GRID = 1
    COMMUNITY = 2
    TOWN = 3

    @property
    def code(self) -> str:
        """As it stands in an answer."""
        return self.name.lower()


LEVELS: Mapping[str, Level] = MappingProxyType({level.code: level for level in Level})


class Action(StrEnum):
    """What a step does."""

    ACCEPT = "accept"
    HANDLE = "handle"
    CONSULT = "consult"
    SESSION = "session"
    """A session of mediation."""
    ESCALATE = "escalate"
    RETURN = "return"
    TRANSFER = "transfer"
    ASK = "ask"
    """Asks for more time."""
    EXTEND = "extend"
    SUSPEND = "suspend"
    RESUME = "resume"
    CLOSE = "close"
    VERIFY = "verify"
    REOPEN = "reopen"
    RETURN_VISIT = "return_visit"
    WITHDRAW = "withdraw"
    DUPLICATE = "duplicate"
    NOTE = "note"


HANDOVERS = frozenset({Action.ESCALATE, Action.RETURN, Action.TRANSFER})
_ALWAYS_DECISIVE = HANDOVERS | {
    Action.CLOSE,
    Action.REOPEN,
    Action.WITHDRAW,
    Action.DUPLICATE,
}
WITH_REASON = frozenset(
    {Action.ESCALATE, Action.RETURN, Action.ASK, Action.EXTEND, Action.SUSPEND}
    | {Action.WITHDRAW, Action.REOPEN}
)
"""Steps that say why."""


class Phase(StrEnum):
    """How a case stands."""

    WAITING = "waiting"
    """Reported, handed up, handed over or handed back: nobody there has accepted it yet."""
    ACCEPTED = "accepted"
    HANDLING = "handling"
    SUSPENDED = "suspended"
    DONE = "done"
    """Closed, and not verified yet."""
    CLOSED = "closed"
    VISITING = "visiting"
    """Closed, and return visits are still to be made."""
    WITHDRAWN = "withdrawn"
    MERGED = "merged"
    """It is the same as another case."""


OPEN = frozenset({Phase.WAITING, Phase.ACCEPTED, Phase.HANDLING, Phase.SUSPENDED})
"""Somebody still has to do something about the matter itself."""
ENDED = frozenset({Phase.CLOSED, Phase.WITHDRAWN, Phase.MERGED})


class Case(Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """A case as it was reported. Times are ms since the epoch, corrected."""

    id: str
    sort: str
    """Its kind: hazard, dispute, livelihood ..."""
    discovered: int
    urgency: str = "normal"
    reporter: str = ""
    must_report: str = ""
    begins: Level = Level.GRID
    """The level that first has it: what only the office sees begins above the grid."""


class Step(Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """One step of a case, without the words that were written about it."""

    id: str
    action: Action
    level: Level = Level.GRID
    turn: int = 0
    """How many decisive steps its author had seen."""
    after: str = ""
    """The last of them; "" for none."""
    at: int = 0
    """When it was taken, ms, corrected."""
    device: str = ""
    n: int = 0
    author: str = ""
    post: str = ""
    """The post that its author acted for; "" for the office of the level itself."""
    to: str = ""
    """Of a transfer, the post that gets it; of an escalation past a level, that level."""
    ok: bool = True
    """Of a verification or return visit, whether all is well."""
    outcome: str = ""
    """Of a session: agreed, partial, failed or withdrawn."""
    until: int | None = None
    """Of a suspension, its end; of an extension, the new deadline, ms."""
    same_as: str = ""
    """Of a duplicate, the case that it is."""
    on_spot: bool = False

    @property
    def order(self) -> tuple[int, int, str, int, str]:
        """Where it stands among the steps of its case, the same everywhere."""
        return self.turn, self.at, self.device, self.n, self.id

    @property
    def is_decisive(self) -> bool:
        """Whether it changes who holds the case, or ends it, or opens it again."""
        if self.action in _ALWAYS_DECISIVE:
            return True
        if self.action is Action.SESSION:
            return self.outcome in ("agreed", "withdrawn")
        return self.action in (Action.VERIFY, Action.RETURN_VISIT) and not self.ok

    @property
    def closes(self) -> bool:
        """Whether it says that the matter is settled."""
        return self.action is Action.CLOSE or (
            self.action is Action.SESSION and self.outcome == "agreed"
        )


class Actor(Struct, frozen=True):
    """Who is about to take a step."""

    id: str
    level: Level = Level.GRID
    post: str = ""
