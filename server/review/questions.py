"""Asking a worker: a record of the kind `question`, pulled and answered like any other record.

It lies in the grid of the record that is asked about, so it moves, syncs and is kept like one.
The form is published with the first question of a town.
"""

from collections.abc import Collection, Mapping

from msgspec import Struct
from sqlalchemy import ColumnElement, Engine, select
from sqlmodel import col

from server.clock import Clock, new_id
from server.db.bulk import among
from server.db.engine import reading
from server.db.projections import HouseholdRow, QuestionRow
from server.errors import NotFound
from server.forms.builtin import compile_builtin
from server.office.act import require
from server.office.audit import Deed
from server.office.errors import refused
from server.office.people import AccountIdentity
from server.office.roles import Action
from server.register.edits import Edit
from server.register.names import names_of
from server.register.register import Register
from server.review.askable import askable, must_be_askable
from shared.changes import Answer, ChangeKind
from shared.merge import shown
from shared.records import Record

KIND = "question"
COMMENT_MAX = 500
SHOWN_MAX = 20


class Asking(Struct, frozen=True, kw_only=True):
    """What is to be asked."""

    about: str
    """The record."""
    item: str = ""
    """The unit; empty for the record as a whole."""
    label: str = ""
    """What the form calls it."""
    worker: str
    comment: str


class Question(Struct, frozen=True, kw_only=True):
    """A question with its answer, if there is one."""

    id: str
    about: str
    about_kind: str
    household: str
    item: str
    label: str
    worker: str
    worker_name: str
    asked_by: str
    asked_at: int
    comment: str
    answer: str
    answered_by: str
    """Whoever answered: it need not be the one who was asked."""
    answered_at: int | None
    closed: bool
    version: int


class Questions(Struct, frozen=True):
    """The questions of every town."""

    register: Register
    engine: Engine
    clock: Clock

    def ask(self, who: AccountIdentity, asking: Asking) -> str:
        """Asks; what is asked again before anybody answered is one question. Its id.

        Raises NotFound or OfficeRefused.
        """
        require(who, Action.DECIDE)
        comment = " ".join(asking.comment.split())[:COMMENT_MAX]
        if not comment:
            raise refused("comment_missing", "请写明要核实什么。", "Say what is to be checked.")
        about = self._seen(who, asking.about)
        with reading(self.engine) as conn:
            must_be_askable(asking.worker, askable(conn, who, about.grid, self.clock()))
        if unanswered := self._already_asked(who, about, asking, comment):
            return unanswered
        household = self._household(who, about)
        if KIND not in self.register.forms(who.town):
            self.register.publish_form(who.town, compile_builtin(KIND).form)
        question = new_id(self.clock())
        units: dict[str, Answer] = {
            "household": household,
            "about": about.id,
            "about_kind": about.kind,
            "worker": asking.worker,
            "comment": comment,
        }
        units |= {"item": asking.item, "item_label": asking.label} if asking.item else {}
        edit = Edit(
            kind=ChangeKind.CREATE, record=question, record_kind=KIND, grid=about.grid, units=units
        )
        self.register.deeds.edit(who, [edit], Deed.ASKED, f"{about.id} {asking.item}".rstrip())
        return question

    def _already_asked(
        self, who: AccountIdentity, about: Record, asking: Asking, comment: str
    ) -> str | None:
        """The id of the question that says the same and still waits for its answer."""
        same = (asking.item, asking.worker, comment)
        for known in self.about(who, [about.id]):
            waits = not (known.answer or known.closed)
            if waits and (known.item, known.worker, known.comment) == same:
                return known.id
        return None

    def close(self, who: AccountIdentity, question: str) -> None:
        """The office has read the answer, or needs none any more. Raises NotFound."""
        require(who, Action.DECIDE)
        record = self._seen(who, question)
        if record.kind != KIND:
            raise NotFound
        if shown(record, self.register.rules(who.town, KIND)).get("closed"):
            return  # somebody was faster
        edit = Edit(
            kind=ChangeKind.SET,
            record=record.id,
            record_kind=KIND,
            grid=record.grid,
            base=record.version,
            units={"closed": "yes"},
        )
        self.register.deeds.edit(who, [edit], Deed.QUESTION_CLOSED, record.id)

    def readdress(
        self, who: AccountIdentity, hands: tuple[str, str], grids: Collection[str]
    ) -> None:
        """What one worker has not answered in these grids is asked another one."""
        require(who, Action.MANAGE_WORKERS)
        before, after = hands
        with reading(self.engine) as conn:
            ids = conn.execute(
                select(col(QuestionRow.id)).where(
                    col(QuestionRow.town_id) == who.town,
                    col(QuestionRow.grid).in_(sorted(set(grids) & who.grids)),
                    col(QuestionRow.worker_id) == before,
                    col(QuestionRow.answered).is_(False),
                    col(QuestionRow.closed).is_(False),
                    col(QuestionRow.deleted).is_(False),
                )
            ).scalars()
            wanted = [str(each) for each in ids]
        edits = [
            Edit(
                kind=ChangeKind.SET,
                record=record.id,
                record_kind=KIND,
                grid=record.grid,
                base=record.version,
                units={"worker": after},
            )
            for record in self.register.records(who.town, wanted).values()
        ]
        if edits:
            self.register.deeds.edit(who, edits, Deed.ASKED, f"{before} > {after}")

    def one(self, who: AccountIdentity, question: str) -> Question | None:
        """A question, or None where the account may not look."""
        found = self._told(who, col(QuestionRow.id) == question)
        return found[0] if found else None

    def about(self, who: AccountIdentity, records: Collection[str]) -> list[Question]:
        """The questions about these records, the newest first."""
        return self._told(who, col(QuestionRow.about).in_(list(records)))

    def _told(self, who: AccountIdentity, which: ColumnElement[bool]) -> list[Question]:
        with reading(self.engine) as conn:
            rows = conn.execute(
                select(col(QuestionRow.id))
                .where(
                    col(QuestionRow.town_id) == who.town,
                    among(conn, col(QuestionRow.grid), who.grids),
                    col(QuestionRow.deleted).is_(False),
                    which,
                )
                .order_by(col(QuestionRow.asked_at).desc(), col(QuestionRow.id).desc())
                .limit(SHOWN_MAX)
            )
            ids = [row.id for row in rows]
        if not ids:
            return []
        records = self.register.records(who.town, ids)
        people = {write.worker for record in records.values() for _, write in record.writes()}
        rules = self.register.rules(who.town, KIND)
        answers = {each: shown(record, rules) for each, record in records.items()}
        people |= {str(told.get("worker")) for told in answers.values()}
        with reading(self.engine) as conn:
            names = names_of(conn, who.town, people)
        return [_question(records[each], answers[each], names) for each in ids if each in records]

    def _seen(self, who: AccountIdentity, record_id: str) -> Record:
        record = self.register.record(who.town, record_id)
        if record is None or record.grid not in who.grids or record.deleted:
            raise NotFound
        return record

    def _household(self, who: AccountIdentity, about: Record) -> str:
        """The household that the worker is to open."""
        if about.kind == "household":
            return about.id
        named = shown(about, self.register.rules(who.town, about.kind)).get("household")
        if isinstance(named, str):
            return named
        with reading(self.engine) as conn:
            found = conn.execute(
                select(col(HouseholdRow.id)).where(
                    col(HouseholdRow.town_id) == who.town,
                    col(HouseholdRow.dwelling_id) == about.id,
                    col(HouseholdRow.deleted).is_(False),
                    col(HouseholdRow.alias_of).is_(None),
                )
            ).first()
        if found is None:
            raise refused(
                "nobody_there",
                "这份档案没有对应的住户，无法询问网格员。",
                "No household belongs to this record, so no worker can be asked.",
            )
        return str(found.id)


def _question(record: Record, told: Mapping[str, Answer], names: Mapping[str, str]) -> Question:
    def text(unit: str) -> str:
        value = told.get(unit)
        return value if isinstance(value, str) else ""

    asked = min((write for _, write in record.writes()), key=lambda write: write.seq)
    answers = [write for unit, write in record.writes() if unit == "answer"]
    answered = max(answers, key=lambda write: write.seq, default=None) if text("answer") else None
    return Question(
        id=record.id,
        about=text("about"),
        about_kind=text("about_kind"),
        household=text("household"),
        item=text("item"),
        label=text("item_label"),
        worker=text("worker"),
        worker_name=names.get(text("worker"), ""),
        asked_by=names.get(asked.worker, ""),
        asked_at=asked.effective,
        comment=text("comment"),
        answer=text("answer"),
        answered_by=names.get(answered.worker, "") if answered else "",
        answered_at=answered.effective if answered else None,
        closed=bool(text("closed")),
        version=record.version,
    )
