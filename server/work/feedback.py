"""Complaints and suggestions about the app itself: what workers wrote, and the office's answer."""

from collections.abc import Mapping

from msgspec import Struct, structs
from sqlalchemy import Engine

from server.clock import Clock
from server.db.engine import reading
from server.errors import NotFound
from server.office.act import require
from server.office.audit import Deed
from server.office.errors import refused
from server.office.people import AccountIdentity
from server.office.roles import Action
from server.register.edits import edit_of
from server.register.register import Register
from server.work.reading import WorkBook, looked_back
from shared.changes import Answer, ChangeKind
from shared.merge import shown
from shared.records import Record

KIND = "feedback"
ANSWER_MAX = 1000


class Opinion(Struct, frozen=True, kw_only=True):
    """What somebody wrote, and what was answered."""

    id: str
    grid: str
    sort: str
    """A code of the table feedback_kind."""
    text: str
    by: str
    at: int
    wants_answer: bool
    answer: str
    answered_by: str
    answered_at: int | None

    @property
    def waits(self) -> bool:
        """Whether an answer is wanted and not given."""
        return self.wants_answer and not self.answer


class Feedback(Struct, frozen=True):
    """Reads and answers what the workers of every town think of the app."""

    register: Register
    engine: Engine
    clock: Clock

    def opinions(self, who: AccountIdentity) -> list[Opinion]:
        """Those of the reader's grids: first those that wait for an answer, then the newest."""
        require(who, Action.SEE_RECORDS)
        now = self.clock()
        with reading(self.engine) as conn:
            rows = WorkBook(conn, who, now).rows(KIND, who.grids, looked_back(now))
        records = self.register.records(who.town, [row.id for row in rows])
        rules = self.register.rules(who.town, KIND)
        found = [
            _opinion(records[row.id], shown(records[row.id], rules))
            for row in rows
            if row.id in records
        ]
        return sorted(found, key=lambda one: (not one.waits, -one.at, one.id))

    def answer(self, who: AccountIdentity, opinion: str, text: str) -> None:
        """Writes the answer, or puts it right. Raises NotFound, NotAllowed or OfficeRefused."""
        require(who, Action.EDIT_RECORDS)
        record = self.register.record(who.town, opinion)
        if record is None or record.kind != KIND or record.deleted or record.grid not in who.grids:
            raise NotFound
        said = text.strip()
        if not 0 < len(said) <= ANSWER_MAX:
            raise refused(
                "answer_length",
                f"请填写答复，不超过 {ANSWER_MAX} 字。",
                f"Write an answer of at most {ANSWER_MAX} characters.",
            )
        before = shown(record, self.register.rules(who.town, KIND)).get("answer")
        if before == said:
            return
        edit = edit_of(record, ChangeKind.SET, {"answer": said}, record.version)
        edit = structs.replace(edit, old={"answer": before})
        self.register.deeds.edit(who, [edit], Deed.FEEDBACK_ANSWERED, record.id)


def _opinion(record: Record, told: Mapping[str, Answer]) -> Opinion:
    def text(unit: str) -> str:
        value = told.get(unit)
        return value if isinstance(value, str) else ""

    first = min((write for _, write in record.writes()), key=lambda write: write.seq)
    answers = [write for unit, write in record.writes() if unit == "answer"]
    answer = max(answers, key=lambda write: write.seq) if answers and text("answer") else None
    return Opinion(
        id=record.id,
        grid=record.grid,
        sort=text("feedback_kind"),
        text=text("text"),
        by=first.worker,
        at=first.effective,
        wants_answer=text("answer_wanted") != "no",
        answer=text("answer"),
        answered_by=answer.worker if answer else "",
        answered_at=answer.effective if answer else None,
    )
