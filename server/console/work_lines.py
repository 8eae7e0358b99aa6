"""Cases as lists and pages show them: in words, with dates, and with what may be done next."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from server.clock import town_time
from server.console.codes import code_name
from server.console.desk import Desk
from server.console.inputs import Input, blank_input, can_write, required_in
from server.console.labels import Reader, Sight, choices, form_of, rules_of
from server.console.record_page import Section, sections_of
from server.console.titles import titles_of
from server.console.words import language, say
from server.db.engine import reading
from server.office.act import acting
from server.office.areas import areas
from server.office.audit import Deed
from server.office.people import AccountIdentity
from server.register.names import names_of
from server.work.reading import Seen
from server.work.steps import Steps
from shared.changes import Answer
from shared.forms.logic import FormState
from shared.forms.scope import Moment
from shared.merge import shown
from shared.records import Record
from shared.work.receipts import receipt_number
from shared.work.standing import Why
from shared.work.values import DISPUTE, PROTECTION, STEP_KINDS, Action, Level, Step

TITLE_MAX = 60
ENVELOPE = frozenset({"case", "action", "level", "post", "turn", "after", "on_spot"})
"""Answers of a step that its heading says already."""
TONES = {
    "waiting": "blue", "accepted": "azure", "handling": "azure", "suspended": "secondary",
    "done": "purple", "closed": "green", "visiting": "teal", "withdrawn": "secondary",
    "merged": "secondary",
}  # fmt: skip


class CaseLine(Struct, frozen=True, kw_only=True):
    """A case in a list."""

    id: str
    title: str
    sort: str
    phase: str
    tone: str
    holder: str
    due: int | None
    overdue: bool
    discovered: int
    grid: str
    urgency: str
    contested: bool
    must_report: bool
    protection: bool


class StepLine(Struct, frozen=True, kw_only=True):
    """A step on the page of its case."""

    action: str
    level: str
    who: str
    at: int
    sections: tuple[Section, ...]
    aside: str = ""
    """Why it did not count; "" where it did."""


class Offer(Struct, frozen=True):
    """A step that may be taken now, with what it asks."""

    action: str
    name: str
    inputs: tuple[Input, ...]


class CasePage(Struct, frozen=True, kw_only=True):
    """Everything about one case."""

    line: CaseLine
    seen: Seen
    receipt: str
    sections: tuple[Section, ...]
    reporter: str
    steps: tuple[StepLine, ...]
    offers: tuple[Offer, ...]
    household: str
    household_title: str


def level_name(seen: Seen, level: Level) -> str:
    """What a level is called: in a dispute, by the name that the place has for it."""
    if seen.case.sort == DISPUTE:
        return seen.rules.level_names.get(level.code) or code_name("mediation_level", level.code)
    return code_name("work_level", level.code)


def action_name(kind: str, action: str) -> str:
    """What a step is called, by the form of its kind."""
    return dict(choices(kind, "action")).get(action) or code_name("case_action", action)


class Showing(Struct, frozen=True):
    """Shows cases to one account."""

    desk: Desk
    who: AccountIdentity

    @property
    def steps(self) -> Steps:
        """The steps that may be taken."""
        return Steps(self.desk.register, self.desk.engine, self.desk.clock)

    def lines(self, cases: Sequence[Seen]) -> tuple[CaseLine, ...]:
        """The cases as a list shows them."""
        records = self.desk.register.records(self.who.town, [seen.id for seen in cases])
        grids = self._grids()
        return tuple(self._line(seen, records.get(seen.id), grids) for seen in cases)

    def page(self, case: str, sight: Sight) -> CasePage:
        """A case's page. Raises NotFound. Of a report of harm, the look is written down."""
        seen = self.steps.seen(self.who, case)
        if seen.kind == PROTECTION:
            sight = Sight.WHOLE
            with acting(self.desk.engine, self.desk.keys, self.who, self.desk.clock) as act:
                act.note(Deed.PROTECTION_SEEN, seen.id)
        records = self.desk.register.records(self.who.town, [seen.id, *seen.steps])
        answers = shown(records[seen.id], rules_of(seen.kind))
        household, facility = (str(answers.get(unit) or "") for unit in ("household", "facility"))
        with reading(self.desk.engine) as conn:
            names = names_of(conn, self.who.town, _authors(seen))
            titles = titles_of(conn, self.who, [household, facility], sight)
        told = _Told(records, Reader(sight, titles), names)
        return CasePage(
            line=self._line(seen, records[seen.id], self._grids()),
            seen=seen,
            receipt=receipt_number(seen.case, seen.rules.zone),
            sections=sections_of(records[seen.id], told.reader, names),
            reporter=names.get(seen.case.reporter, ""),
            steps=self._steps(seen, told),
            offers=self._offers(seen),
            household=household if household in titles else "",
            household_title=titles.get(household, ""),
        )

    def _line(self, seen: Seen, record: Record | None, grids: Mapping[str, str]) -> CaseLine:
        standing, protection = seen.standing, seen.kind == PROTECTION
        return CaseLine(
            id=seen.id,
            title=say("work.protection") if protection else self._title(record),
            sort=say("kind.protection") if protection else code_name("case_kind", seen.case.sort),
            phase=code_name("case_phase", standing.phase.value),
            tone=TONES[standing.phase.value],
            holder=_holder(seen, standing.level, standing.post),
            due=standing.next_date,
            overdue=standing.is_overdue(self.desk.clock()),
            discovered=seen.case.discovered,
            grid=grids.get(seen.grid, ""),
            urgency=seen.case.urgency,
            contested=bool(standing.contested),
            must_report=bool(seen.case.must_report),
            protection=protection,
        )

    def _title(self, record: Record | None) -> str:
        if record is None:
            return ""
        text = shown(record, rules_of(record.kind)).get("text")
        words = " ".join(text.split()) if isinstance(text, str) else ""
        return words if len(words) <= TITLE_MAX else words[: TITLE_MAX - 1] + "…"

    def _grids(self) -> dict[str, str]:
        with reading(self.desk.engine) as conn:
            return {area.id: area.name for area in areas(conn, self.who.town)}

    def _steps(self, seen: Seen, told: "_Told") -> tuple[StepLine, ...]:
        asides = {aside.step.id: aside.why for aside in seen.standing.asides}

        def line(step: Step) -> StepLine:
            why: Why | None = asides.get(step.id)
            sections = sections_of(told.records[step.id], told.reader, told.names)
            return StepLine(
                action=action_name(STEP_KINDS[seen.kind], step.action.value),
                level=_holder(seen, step.level, step.post),
                who=told.names.get(step.author, ""),
                at=step.at,
                sections=tuple(_without_envelope(section) for section in sections),
                aside=code_name("step_aside", why.value) if why is not None else "",
            )

        return tuple(line(step) for step in sorted(_taken(seen), key=_order, reverse=True))

    def _offers(self, seen: Seen) -> tuple[Offer, ...]:
        kind = STEP_KINDS[seen.kind]
        return tuple(
            Offer(action.value, action_name(kind, action.value), self._inputs(kind, action))
            for action in self.steps.may_take(self.who, seen)
        )

    def _inputs(self, kind: str, action: Action) -> tuple[Input, ...]:
        """What the step's form asks, with all that one of its answers may ask for."""
        form = form_of(kind)
        if form is None:
            return ()
        said: dict[str, Answer] = {"action": action.value}
        moment = Moment(town_time(self.desk.clock()), language())
        required = required_in(form, said, moment)
        if action is Action.SESSION:
            said["outcome"] = "agreed"
        state = FormState.fresh(form, moment, said)
        return tuple(
            blank_input(form, asked.question, required)
            for page in state.pages()
            for asked in page.questions
            if asked.key not in ENVELOPE
            and not asked.readonly
            and can_write(form, asked.question.unit)
        )


class _Told(Struct, frozen=True):
    """What is needed to tell of a case's records."""

    records: Mapping[str, Record]
    reader: Reader
    names: Mapping[str, str]


def _taken(seen: Seen) -> list[Step]:
    """Every step, also those that did not count."""
    return [*seen.standing.took, *(aside.step for aside in seen.standing.asides)]


def _authors(seen: Seen) -> set[str]:
    return {step.author for step in _taken(seen)} | {seen.case.reporter}


def _order(step: Step) -> tuple[int, int, str, int, str]:
    return step.order


def _holder(seen: Seen, level: Level, post: str) -> str:
    name = level_name(seen, level)
    named = dict(choices(STEP_KINDS[seen.kind], "to")).get(post, post)
    return f"{name} · {named}" if post else name


def _without_envelope(section: Section) -> Section:
    facts = tuple(fact for fact in section.facts if fact.unit not in ENVELOPE and fact.given)
    return Section("", facts)
