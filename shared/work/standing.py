"""How a case stands after its steps: what lists, pages and sheets show of it."""

from enum import StrEnum

from msgspec import Struct

from shared.work.values import ENDED, OPEN, URGENT, Case, Level, Phase, Step


class Why(StrEnum):
    """Why a step stands beside the case and did not change it."""

    ALSO_CLOSED = "also_closed"
    """Somebody else had closed it, without knowing of this."""
    LATE = "late"
    """Somebody else had decided before this was known."""
    MEANWHILE = "meanwhile"
    """It was taken before its author knew of a decision of the same time."""
    UNSEEN = "unseen"
    """Its author had seen a step that is not here (yet)."""
    NOT_NOW = "not_now"
    """The case did not stand so that this could be done."""
    NOT_YOURS = "not_yours"
    """Another level or post held the case."""
    OWN_WORK = "own_work"
    """Above the grid, nobody verifies what they closed themselves."""
    NO_FURTHER = "no_further"
    """There is no level above, or below."""


class Aside(Struct, frozen=True, gc=False):
    """A step that is kept and shown, but did not count."""

    step: Step
    why: Why


class Closing(Struct, frozen=True, gc=False):
    """That it was settled: when, where and by whom."""

    step: str
    at: int
    level: Level
    post: str
    author: str
    in_time: bool
    on_spot: bool


class Standing(Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """A case as it stands at a moment. Times are ms."""

    case: Case
    phase: Phase = Phase.WAITING
    level: Level = Level.GRID
    post: str = ""
    """The post that has it; "" for the office of the level itself."""
    deadline: int = 0
    turn: int = 0
    """The turn of the next step."""
    after: str = ""
    """What the next step comes after."""
    accepted_at: int | None = None
    closing: Closing | None = None
    """The last closing; it no longer stands when the case was opened again."""
    contested: tuple[Step, ...] = ()
    """A closing and a handing over that had not seen each other: whoever holds it decides."""
    suspended_until: int | None = None
    visits_due: tuple[int, ...] = ()
    """Return visits that are still to be made."""
    reopened: int = 0
    relapsed: int = 0
    """How often a return visit found that the matter was not settled."""
    asked_for_time: bool = False
    same_as: str = ""
    posts: frozenset[str] = frozenset()
    """Every post that it was ever handed to."""
    took: tuple[Step, ...] = ()
    """The steps that counted, in order."""
    asides: tuple[Aside, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether something must still be done about the matter itself."""
        return self.phase in OPEN

    @property
    def has_ended(self) -> bool:
        """Whether nothing more is to be done, not even a return visit."""
        return self.phase in ENDED

    def is_overdue(self, now: int) -> bool:
        """Whether it should have been settled by now."""
        return self.is_open and now > self.deadline

    @property
    def is_urgent(self) -> bool:
        """Whether it is open and does not wait its turn."""
        return self.is_open and self.case.urgency in URGENT

    @property
    def place(self) -> tuple[bool, bool, int]:
        """Where it stands in a list: what is urgent first, then what is due first."""
        due = self.next_date
        return not self.is_urgent, due is None, due or 0

    @property
    def next_date(self) -> int | None:
        """When something is due: its deadline, or the next return visit; None for nothing."""
        if self.is_open:
            return self.deadline
        return self.visits_due[0] if self.phase is Phase.VISITING and self.visits_due else None
