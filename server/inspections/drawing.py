"""Inspections: drawn from the register, kept for good, and closed when all is dealt with."""

import secrets
from collections.abc import Collection, Mapping

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Row, insert, select, update
from sqlmodel import col

from server.clock import DAY_MS, new_id
from server.db.bulk import among
from server.db.inspection_tables import InspectionRow
from server.db.projections import HouseholdRow
from server.errors import NotFound
from server.inspections.sample import SEED_MAX, drawn
from server.office.act import Act
from server.office.areas import areas, subtree
from server.office.audit import Deed
from server.office.errors import refused
from server.office.people import AccountIdentity
from server.office.roles import Action
from server.register.counter import counter
from server.service.directory import upward
from server.work.counting import settled_between
from server.work.reading import CASE, Sought, WorkBook, looked_back

HOUSEHOLD = "household"
EACH_MAX = 30
"""Households, and cases, of one sample."""
CASE_DAYS = 7
"""A case can be drawn that was settled within so many days."""
SHOWN_MAX = 60


class Drawn(Struct, frozen=True):
    """A household or case of a sample."""

    kind: str
    id: str
    grid: str


class Wanted(Struct, frozen=True):
    """What somebody asks to be drawn."""

    area_id: str
    households: int
    cases: int
    seed: str = ""
    """Empty: the server draws one by lot."""


class Population(Struct, frozen=True):
    """What there is to draw from, each with its grid."""

    households: Mapping[str, str]
    cases: Mapping[str, str]

    def sample(self, wanted: Wanted) -> tuple[Drawn, ...]:
        """The sample that follows from the seed."""
        homes = drawn(wanted.seed, self.households, wanted.households)
        cases = drawn(wanted.seed, self.cases, wanted.cases)
        return (
            *(Drawn(HOUSEHOLD, home, self.households[home]) for home in homes),
            *(Drawn(CASE, case, self.cases[case]) for case in cases),
        )


class Inspection(Struct, frozen=True, kw_only=True):
    """One draw."""

    id: str
    area_id: str
    seed: str
    households: int
    cases: int
    register_seq: int
    items: tuple[Drawn, ...]
    """Those that lie in the reader's grids."""
    drawn_by: str
    drawn_at: int
    closed_by: str
    closed_at: int | None


def population(conn: Connection, who: AccountIdentity, area_id: str, now: int) -> Population:
    """The households that stand in an area, and the cases that were settled there of late.

    Raises NotFound for an area that is not the reader's.
    """
    tree = subtree(areas(conn, who.town), who.area_id)
    if not any(area.id == area_id for area in tree):
        raise NotFound
    grids = who.grids & {area.id for area in subtree(tree, area_id)}
    rows = conn.execute(
        select(col(HouseholdRow.id), col(HouseholdRow.grid)).where(
            col(HouseholdRow.town_id) == who.town,
            among(conn, col(HouseholdRow.grid), grids),
            col(HouseholdRow.deleted).is_(False),
            col(HouseholdRow.alias_of).is_(None),
        )
    )
    known = WorkBook(conn, who, now).cases(Sought(since=looked_back(now)))
    settled = settled_between(known, now - CASE_DAYS * DAY_MS, now + 1).cases
    return Population(
        {row.id: row.grid for row in rows},
        # Reports of harm at home are nobody's to inspect.
        {one.id: one.grid for one in settled if one.kind == CASE and one.grid in grids},
    )


def draw(act: Act, wanted: Wanted) -> str:
    """Draws a sample and keeps it; its id. Raises NotFound or OfficeRefused."""
    act.require(Action.INSPECT)
    wanted = _checked(wanted)
    there = population(act.conn, act.who, wanted.area_id, act.now)
    sample = there.sample(wanted)
    if not sample:
        raise refused(
            "nothing_to_draw",
            "这个区域没有可抽查的住户或事件。",
            "There is no household and no case in that area to draw from.",
        )
    inspection = new_id(act.now)
    act.conn.execute(
        insert(InspectionRow).values(
            town_id=act.who.town,
            id=inspection,
            area_id=wanted.area_id,
            seed=wanted.seed,
            households=len(there.households),
            cases=len(there.cases),
            register_seq=counter(act.conn, act.who.town).seq,
            items=msgspec.json.encode(sample).decode(),
            drawn_by=act.who.id,
            drawn_at=act.now,
        )
    )
    act.note(Deed.INSPECTION_DRAWN, inspection, wanted.seed)
    return inspection


def inspections(conn: Connection, who: AccountIdentity) -> list[Inspection]:
    """Those of the reader's area, and those from above that drew something there; newest first."""
    tree = areas(conn, who.town)
    below = {area.id for area in subtree(tree, who.area_id)}
    line = {area.id for area in upward(tree, who.area_id)}
    rows = conn.execute(
        select(InspectionRow)
        .where(
            col(InspectionRow.town_id) == who.town,
            among(conn, col(InspectionRow.area_id), below | line),
        )
        .order_by(col(InspectionRow.drawn_at).desc(), col(InspectionRow.id).desc())
        .limit(SHOWN_MAX)
    )
    found = [_read(row, who.grids) for row in rows]
    return [one for one in found if one.items or one.area_id in below]


def inspection(conn: Connection, who: AccountIdentity, id: str) -> Inspection:
    """One of them. Raises NotFound."""
    row = conn.execute(
        select(InspectionRow).where(
            col(InspectionRow.town_id) == who.town, col(InspectionRow.id) == id
        )
    ).one_or_none()
    found = None if row is None else _read(row, who.grids)
    if found is None:
        raise NotFound
    tree = subtree(areas(conn, who.town), who.area_id)
    if not found.items and not any(area.id == found.area_id for area in tree):
        raise NotFound
    return found


def close(act: Act, inspection_id: str) -> None:
    """Says that it is dealt with. Raises NotFound, or OfficeRefused where it is closed already."""
    act.require(Action.INSPECT)
    own_inspection(act.conn, act.who, inspection_id)
    done = act.conn.execute(
        update(InspectionRow)
        .where(
            col(InspectionRow.town_id) == act.who.town,
            col(InspectionRow.id) == inspection_id,
            col(InspectionRow.closed_at).is_(None),
        )
        .values(closed_by=act.who.id, closed_at=act.now)
    )
    if not done.rowcount:
        raise closed_already()
    act.note(Deed.INSPECTION_CLOSED, inspection_id)


def own_inspection(conn: Connection, who: AccountIdentity, id: str) -> Inspection:
    """One that was drawn in the reader's own area: theirs to work on. Raises NotFound."""
    found = inspection(conn, who, id)
    if not any(area.id == found.area_id for area in subtree(areas(conn, who.town), who.area_id)):
        raise NotFound
    return found


def closed_already() -> Exception:
    """Why nothing more is written to it."""
    return refused("inspection_closed", "这次督查已经办结。", "This inspection is closed.")


def _checked(wanted: Wanted) -> Wanted:
    if not all(0 <= n <= EACH_MAX for n in (wanted.households, wanted.cases)):
        raise refused(
            "sample_size",
            f"每次抽查住户和事件各不超过 {EACH_MAX} 件。",
            f"At most {EACH_MAX} households and {EACH_MAX} cases at a time.",
        )
    seed = "".join(wanted.seed.split())
    if len(seed) > SEED_MAX or not (seed.isprintable() and seed.isascii()):
        raise refused(
            "seed",
            f"随机种子请用不超过 {SEED_MAX} 个字母或数字。",
            f"A seed has at most {SEED_MAX} letters or digits.",
        )
    return msgspec.structs.replace(wanted, seed=seed or secrets.token_hex(4).upper())


def _read(row: Row[InspectionRow], grids: Collection[str]) -> Inspection:
    items = msgspec.json.decode(row.items, type=list[Drawn])
    return Inspection(
        id=row.id,
        area_id=row.area_id,
        seed=row.seed,
        households=row.households,
        cases=row.cases,
        register_seq=row.register_seq,
        items=tuple(item for item in items if item.grid in grids),
        drawn_by=row.drawn_by,
        drawn_at=row.drawn_at,
        closed_by=row.closed_by,
        closed_at=row.closed_at,
    )
