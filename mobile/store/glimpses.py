"""Glimpses: of every record what lists need, read once when the account is unlocked."""

import re
from collections.abc import Mapping

import msgspec
from msgspec import Struct

from mobile.store.cards import DwellingCard, ResidentCard, VisitCard
from shared.changes import ALIAS, DELETED, GRID, Answer
from shared.codec import PackedRecord, UnitParts, opened
from shared.files import FileRef, file_ref
from shared.merge import Rules, conflicts, shown
from shared.records import PENDING, Record, is_missing

HOUSEHOLD_UNITS = frozenset(
    {"dwelling", "head_name", "people_count", "phone", "marks", "visit_policy", "no_visits_until"}
    | {"needs", "landlord_name", "landlord_phone", "tenure", "household_kind"}
)
DWELLING_UNITS = frozenset(
    {"code", "plate", "address", "building", "unit_no", "floor", "room", "status", "location"}
)
"""What of a dwelling the index keeps; of a household, the other."""
_SPECIAL = frozenset({DELETED, ALIAS})


class Glimpse(Struct, frozen=True, kw_only=True, array_like=True, gc=False):
    """A record with its answers by unit, as shown."""

    id: str
    kind: str
    grid: str
    answers: Mapping[str, Answer]
    contested: frozenset[str]
    there: bool
    """False once it is deleted, or merged into another record."""
    author: str
    """The worker of its first write that still counts."""
    unsent: bool = False
    survivor: str = ""
    """The record that it was merged into."""
    absent: tuple[str, ...] = ()
    """Units without an answer that count for the collection rate, whether they apply or not."""
    version: int = 0
    """The office's version that it shows; 0 when it shows more than that."""

    def text(self, unit: str) -> str:
        """A text answer; "" where there is none, or it was declined."""
        value = self.answers.get(unit)
        return value if isinstance(value, str) else ""

    def number(self, unit: str) -> int | None:
        """A whole-number answer."""
        value = self.answers.get(unit)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def codes(self, unit: str) -> tuple[str, ...]:
        """The codes of a multiple choice."""
        value = self.answers.get(unit)
        if isinstance(value, list | tuple) and not is_missing(value):
            return tuple(str(code) for code in value if not is_missing(code))
        return ()


def glimpse_of(record: Record, rules: Rules, *, unsent: bool) -> Glimpse:
    """A glimpse of any record."""
    author = next((write.worker for _, write in record.writes()), "")
    return Glimpse(
        id=record.id,
        kind=record.kind,
        grid=record.grid,
        answers=shown(record, rules),
        contested=conflicts(record, rules),
        there=not record.deleted and record.alias_of is None,
        author=author,
        unsent=unsent,
        survivor=record.alias_of or "",
        version=record.version if record.version < PENDING else 0,
    )


def glimpse_of_packed(packed: PackedRecord, rules: Rules) -> Glimpse:
    """A glimpse of a record as it came; most have one value for each unit, which is quick."""
    parts = {**packed.u, **packed.s}
    if not (_is_plain(packed.v, rules) and _is_plain(parts, rules)) or _are_several(parts):
        return glimpse_of(opened(packed), rules, unsent=False)
    values = {**packed.v, **{name: candidates[0][0] for name, candidates in parts.items()}}
    place = values.get(GRID)
    assert isinstance(place, list | tuple)
    return Glimpse(
        id=packed.id,
        kind=packed.kind,
        grid=str(place[1]),
        answers={name: value for name, value in values.items() if name[0] != "@"},
        contested=frozenset(),
        there=True,
        author=packed.w[0].worker if packed.w else "",
        version=packed.version,
    )


def _is_plain(units: Mapping[str, object], rules: Rules) -> bool:
    # Every record of the account comes this way while it is being unlocked.
    return rules.unions.isdisjoint(units) and _SPECIAL.isdisjoint(units)


def _are_several(parts: UnitParts) -> bool:
    return max(map(len, parts.values()), default=1) > 1


def slim(glimpse: Glimpse, units: frozenset[str]) -> Glimpse:
    """The glimpse with only these answers, to be kept: a phone has little memory."""
    answers = {name: value for name, value in glimpse.answers.items() if name in units}
    return msgspec.structs.replace(glimpse, answers=answers)


def resident_card(glimpse: Glimpse) -> ResidentCard:
    """A member's row."""
    return ResidentCard(
        id=glimpse.id,
        household=glimpse.text("household"),
        name=glimpse.text("name"),
        relation=glimpse.text("relation"),
        sex=glimpse.text("sex"),
        birth_date=glimpse.text("birth_date"),
        phone=glimpse.text("phone"),
        status=glimpse.text("status"),
        groups=_groups(glimpse),
        conflict=bool(glimpse.contested),
        unsent=glimpse.unsent,
    )


SAID_OTHERWISE = (
    ("disability", "certified", "disabled"),
    ("veteran", "yes", "veteran"),
    ("retirement", "yes", "retired"),
)
"""Answers of a person that put her into a group: question, answer, group."""


def _groups(glimpse: Glimpse) -> tuple[str, ...]:
    """What says how often somebody should look in on the person."""
    other = [group for unit, code, group in SAID_OTHERWISE if glimpse.text(unit) == code]
    return tuple(filter(None, (*glimpse.codes("care"), glimpse.text("assistance"), *other)))


def visit_card(glimpse: Glimpse) -> VisitCard:
    """A visit's row."""
    return VisitCard(
        id=glimpse.id,
        household=glimpse.text("household"),
        started=glimpse.text("started"),
        mode=glimpse.text("mode"),
        outcome=glimpse.text("outcome"),
        note=glimpse.text("note"),
        worker=glimpse.author,
        worker_name="",
        next_visit=glimpse.text("next_visit"),
        unsent=glimpse.unsent,
        unchanged=glimpse.text("confirmed_unchanged") == "yes",
        reason=glimpse.text("reason"),
        corrects=glimpse.text("corrects"),
        files=_files(glimpse),
    )


def _files(glimpse: Glimpse) -> tuple[tuple[str, FileRef], ...]:
    refs = ((unit, file_ref(value)) for unit, value in glimpse.answers.items())
    return tuple((unit, ref) for unit, ref in refs if ref is not None)


def dwelling_card(glimpse: Glimpse, households: int) -> DwellingCard:
    """A dwelling's row."""
    return DwellingCard(
        id=glimpse.id,
        code=glimpse.text("code"),
        plate=glimpse.text("plate"),
        address=glimpse.text("address"),
        building=glimpse.text("building"),
        room=glimpse.text("room"),
        status=glimpse.text("status"),
        label=door_label(glimpse),
        households=households,
    )


_NUMBER = re.compile(r"[0-9A-Za-z]+")


def door_label(dwelling: Glimpse) -> str:
    """Where to knock, in one line: plate and room, or else the code."""
    plate, room = dwelling.text("plate"), dwelling.text("room")
    if not plate:
        return dwelling.text("code") or dwelling.text("address")
    return plate if not room or room in _NUMBER.findall(plate) else f"{plate} {room}"
