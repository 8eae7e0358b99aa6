"""An inspection as page and paper show it: each item with what is known of it and was found."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from msgspec import Struct
from sqlalchemy import Connection, Row, select
from sqlmodel import col

from server.console.codes import code_name
from server.console.desk import Desk
from server.console.labels import Sight
from server.console.titles import door, person
from server.console.words import date_and_time, day, say
from server.db.bulk import among
from server.db.engine import reading
from server.db.projections import DwellingRow, HouseholdRow
from server.inspections.drawing import HOUSEHOLD, Drawn, Inspection, inspection, population
from server.inspections.drawing import Wanted as WantedSample
from server.inspections.findings import Finding, Findings
from server.office.areas import areas, subtree
from server.office.people import AccountIdentity
from server.paper.blocks import Block, Heading, Item, Option, Paper, Paragraph, Signatures
from server.register.names import names_of
from server.work.reading import CASE, Seen, Sought, WorkBook
from shared.codes import code_table
from shared.work.receipts import receipt_number

SEVERITY = "finding_severity"
TONES = {"fine": "green", "minor": "yellow", "major": "orange", "serious": "red"}
NOTE_LINES = 3


class TaskLine(Struct, frozen=True):
    """What an item gave the grid to do, as its case stands."""

    case: str
    phase: str
    open: bool


class ItemLine(Struct, frozen=True, kw_only=True):
    """One item of a sample."""

    kind: str
    title: str
    path: str
    """Its page in the console."""
    grid: str
    known: str
    """What the register says of it, in one line."""
    finding: Finding | None
    tone: str
    by: str
    replied_by: str
    task: TaskLine | None


class InspectionPage(Struct, frozen=True, kw_only=True):
    """Everything about one inspection."""

    inspection: Inspection
    area: str
    drawn_by: str
    closed_by: str
    own: bool
    """Whether it was drawn in the reader's own area: theirs to work on, if their role may."""
    items: Sequence[ItemLine]

    @property
    def looked_at(self) -> int:
        """Items with a result."""
        return sum(item.finding is not None for item in self.items)


def severities() -> list[tuple[str, str]]:
    """The results that an item may have, with their names."""
    return [(each.code, code_name(SEVERITY, each.code)) for each in code_table(SEVERITY).offered]


def inspection_page(desk: Desk, who: AccountIdentity, id_: str, sight: Sight) -> InspectionPage:
    """The page of an inspection. Raises NotFound."""
    found = Findings(desk.register, desk.engine, desk.clock).of(who, id_)
    with reading(desk.engine) as conn:
        one = inspection(conn, who, id_)
        every = areas(conn, who.town)
        tree = {area.id: area.name for area in every}
        people = {one.drawn_by, one.closed_by}
        people |= {name for each in found.values() for name in (each.by, each.replied_by)}
        names = names_of(conn, who.town, {each for each in people if each})
        wanted = [item.id for item in one.items if item.kind == CASE]
        wanted += [each.task for each in found.values() if each.task]
        seen = WorkBook(conn, who, desk.clock()).cases(Sought(ids=wanted)) if wanted else []
        told = _Told(tree, names, {case.id: case for case in seen}, _homes(conn, who, one), sight)
    return InspectionPage(
        inspection=one,
        area=tree.get(one.area_id, ""),
        drawn_by=names.get(one.drawn_by, ""),
        closed_by=names.get(one.closed_by, ""),
        own=any(area.id == one.area_id for area in subtree(every, who.area_id)),
        items=[told.line(item, found.get(item.id)) for item in one.items],
    )


def drawn_again(conn: Connection, who: AccountIdentity, one: Inspection, now: int) -> bool:
    """Whether the register of today gives the same sample for that seed."""
    wanted = WantedSample(
        one.area_id,
        sum(item.kind == HOUSEHOLD for item in one.items),
        sum(item.kind == CASE for item in one.items),
        one.seed,
    )
    return population(conn, who, one.area_id, now).sample(wanted) == one.items


def sheet_of(page: InspectionPage) -> Paper:
    """The inspector's sheet: what is known of each item, and room for what is found."""
    one = page.inspection
    blocks: list[Block] = [Paragraph(say("inspection.sheet_text"), small=True)]
    options = tuple(Option(name) for _, name in severities())
    for place, item in enumerate(page.items, start=1):
        blocks.append(Heading(f"{place}. {item.title}"))
        blocks.append(Paragraph(" · ".join(filter(None, (item.grid, item.known)))))
        blocks.append(Item(say("inspection.result"), options=options, lines=0))
        blocks.append(Item(say("inspection.found"), lines=NOTE_LINES))
        blocks.append(Item(say("inspection.task"), lines=1))
    blocks.append(Signatures(tuple(say(f"inspection.{who}") for who in ("by", "worker", "day"))))
    return Paper(
        title=f"{page.area} · {say('inspection.sheet')}",
        subtitle=say("inspection.drawn", name=page.drawn_by, at=date_and_time(one.drawn_at)),
        serial=say("inspection.from", seed=one.seed, households=one.households, cases=one.cases),
        blocks=tuple(blocks),
        foot="Doorstep",
    )


class _Told(Struct, frozen=True):
    """What is needed to tell of the items."""

    areas: Mapping[str, str]
    names: Mapping[str, str]
    cases: Mapping[str, Seen]
    homes: "Mapping[str, _HomeRow]"
    sight: Sight

    def line(self, item: Drawn, finding: Finding | None) -> ItemLine:
        """One item with what was found."""
        is_home = item.kind == HOUSEHOLD
        title, known = self._home(item.id) if is_home else self._case(item.id)
        task = self.cases.get(finding.task) if finding and finding.task else None
        return ItemLine(
            kind=item.kind,
            title=title or say("inspection.gone"),
            path=f"/households/detail?pk={item.id}" if is_home else f"/casework/cases/{item.id}",
            grid=self.areas.get(item.grid, ""),
            known=known,
            finding=finding,
            tone=TONES.get(finding.severity, "secondary") if finding else "secondary",
            by=self.names.get(finding.by, "") if finding else "",
            replied_by=self.names.get(finding.replied_by, "") if finding else "",
            task=None if task is None else TaskLine(task.id, _phase(task), task.standing.is_open),
        )

    def _home(self, id_: str) -> tuple[str, str]:
        row = self.homes.get(id_)
        if row is None:
            return "", ""
        title = f"{door(row.plate or '', row.code or '')} {person(row.head_name, self.sight)}"
        people = say("inspection.people", n=row.people_count) if row.people_count else ""
        visited = (
            say("inspection.visited", at=day(row.last_visit_at))
            if row.last_visit_at
            else say("inspection.never_visited")
        )
        outcome = code_name("visit_outcome", row.last_outcome) if row.last_outcome else ""
        return title.strip(), " · ".join(part for part in (people, visited, outcome) if part)

    def _case(self, id_: str) -> tuple[str, str]:
        case = self.cases.get(id_)
        if case is None:
            return "", ""
        number = receipt_number(case.case, case.rules.zone)
        return f"{code_name('case_kind', case.case.sort)} {number}", _phase(case)


def _phase(case: Seen) -> str:
    return code_name("case_phase", case.standing.phase.value)


_HomeRow: TypeAlias = Row[str, str, int | None, int | None, str, str, str]
"""A household with its door."""


def _homes(conn: Connection, who: AccountIdentity, one: Inspection) -> dict[str, _HomeRow]:
    """The households of a sample as the register has them, with their doors."""
    ids = [item.id for item in one.items if item.kind == HOUSEHOLD]
    home, at = HouseholdRow, DwellingRow
    rows = conn.execute(
        select(
            col(home.id), col(home.head_name), col(home.people_count), col(home.last_visit_at),
            col(home.last_outcome), col(at.plate), col(at.code),
        )
        .outerjoin(
            at, (col(at.town_id) == col(home.town_id)) & (col(at.id) == col(home.dwelling_id))
        )
        .where(col(home.town_id) == who.town, among(conn, col(home.id), ids))
    )  # fmt: skip
    return {row.id: row for row in rows}
