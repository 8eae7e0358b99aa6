"""Cards: what lists show of records, kept in memory while the account is unlocked."""

from msgspec import Struct

from shared.files import FileRef

NOBODY_HOME = "nobody_home"
NOBODY_HOME_MIN = 2
"""Fewer tries in a row than this are nothing to speak of."""
REFUSED = "refused"


class VisitCard(Struct, frozen=True, kw_only=True, array_like=True, gc=False):
    """One visit in a household's list."""

    id: str
    household: str
    started: str
    """RFC 3339, as answered; "" when not given."""
    mode: str
    outcome: str
    note: str
    worker: str
    worker_name: str
    next_visit: str
    unsent: bool
    unchanged: bool
    """All answers were gone through, and nothing had changed."""
    reason: str
    """Why it was made although a rule spoke against it."""
    corrects: str
    """The visit that it stands for: that one is not counted any more."""
    files: tuple[tuple[str, FileRef], ...] = ()
    """Photos and other files of it, by unit."""


class ResidentCard(Struct, frozen=True, kw_only=True, array_like=True, gc=False):
    """One member in a household's list. Codes are those of the form's choice lists."""

    id: str
    household: str
    name: str
    relation: str
    sex: str
    birth_date: str
    phone: str
    status: str
    groups: tuple[str, ...]
    """What of the person says how often somebody should look in (shared/visiting/schedule.py)."""
    conflict: bool
    unsent: bool


class DwellingCard(Struct, frozen=True, kw_only=True):
    """One dwelling, for picking and for the heading of a household."""

    id: str
    code: str
    plate: str
    address: str
    building: str
    room: str
    status: str
    label: str
    """Plate and room in one line."""
    households: int


class HouseholdCard(Struct, frozen=True, kw_only=True, array_like=True, gc=False):
    """One household in a list."""

    id: str
    grid: str
    head_name: str
    dwelling: str | None
    place: str
    """Where to knock: the dwelling's plate and room, or its code."""
    address: str
    phone_ending: str
    """The last four digits."""
    people_count: int | None
    members: tuple[str, ...]
    """The names of those who live here."""
    visit_policy: str
    no_visits_until: str
    marks: tuple[str, ...]
    needs: str
    last_visit: str
    """RFC 3339 time of the last visit; "" for never."""
    last_outcome: str
    next_visit: str
    """ISO date that the last visit named for the next one; "" for none."""
    visits: int
    nobody_home: int
    """Visits in a row, up to the last, at which nobody was home."""
    verified: str
    """ISO date on which all answers were last gone through without a change; "" for never."""
    category: str
    """Whose interval says when somebody should look in again; "" where nothing does."""
    due: str
    """ISO date of the next contact; "" for none."""
    overdue: str
    """ISO date from which that is overdue."""
    vacant: bool
    """Its home is empty, or was found empty at the last visit."""
    conflict: bool
    """A value of it, or of a member, waits for the office's decision."""
    unsent: bool
    """Something of it has not been received by the office."""
    changed_by_others: bool
    """Somebody else changed it since this worker last looked."""
    draft: bool
    """A form of it is being filled in."""


class HouseholdFilter(Struct, frozen=True):
    """Narrows a list of households; what is false does not narrow."""

    never_visited: bool = False
    conflict: bool = False
    unsent: bool = False
    changed_by_others: bool = False
    nobody_home: bool = False
    refused: bool = False
    vacant: bool = False
    marked: bool = False
    incomplete: bool = False
    """Only those with a mandatory item missing; see mobile/store/gaps.py."""
    due_by: str = ""
    """ISO date: only those that should be contacted by then."""
    overdue_by: str = ""
    """ISO date: only those that are overdue by then."""
    grid: str = ""

    def passes(self, card: HouseholdCard) -> bool:
        """Whether the household stays in the list."""
        return not (
            (self.grid and card.grid != self.grid)
            or (self.never_visited and card.visits)
            or (self.conflict and not card.conflict)
            or (self.unsent and not card.unsent)
            or (self.changed_by_others and not card.changed_by_others)
            or (self.nobody_home and card.nobody_home < NOBODY_HOME_MIN)
            or (self.due_by and not "" < card.due <= self.due_by)
            or (self.overdue_by and not "" < card.overdue <= self.overdue_by)
            or (self.vacant and not card.vacant)
            or (self.marked and not card.marks)
            or (self.refused and card.last_outcome != REFUSED)
        )


class Found(Struct, frozen=True):
    """One page of a list, and how many there are in all."""

    cards: tuple[HouseholdCard, ...]
    total: int


class Counts(Struct, frozen=True):
    """Numbers for "today" and the status line."""

    households: int
    residents: int
    never_visited: int
    conflicts: int
    unsent: int
    """Changes that the office has not received."""
    refused: int
    held: int
    drafts: int
    changed_by_others: int
