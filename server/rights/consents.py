"""Consents: what a person said of what may be kept of them, word by word; and what it is about."""

import re
from collections.abc import Iterable, Iterator, Mapping

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Row, select
from sqlmodel import col

from server.clock import new_id
from server.db.rights_tables import ConsentRow
from server.office.act import Act
from server.office.audit import Deed
from server.office.errors import refused
from server.register.consented import Consent, keep_words
from shared.changes import Answer
from shared.consent import (
    EXCEPT_UNIT,
    GUARDIAN_UNIT,
    HOW_UNIT,
    NOTICE_UNIT,
    PAPER_UNIT,
    SAYING,
    WORD_UNIT,
    How,
    Purpose,
    Word,
    effect,
    units_of,
)
from shared.forms.model import Form
from shared.records import Record
from shared.wire import Words

_PAPER = re.compile(r"[0-9A-Za-z-]{0,30}")

PURPOSE_WORDS: Mapping[Purpose, Words] = {
    Purpose.SENSITIVE: Words("敏感信息", "Sensitive answers"),
    Purpose.MATERNAL: Words("孕产服务申请", "The request for maternal services"),
    Purpose.PHOTOS: Words("照片和录音", "Photos and recordings"),
}
WORD_WORDS: Mapping[Word, Words] = {
    Word.GIVEN: Words("同意", "Consented"),
    Word.DECLINED: Words("不同意", "Declined"),
    Word.WITHDRAWN: Words("撤回同意", "Withdrew"),
}
HOW_WORDS: Mapping[How, Words] = {
    How.PAPER: Words("签署书面同意", "Signed on paper"),
    How.SPOKEN: Words("口头，有人见证", "Spoken, with a witness"),
    How.SCREEN: Words("在屏幕上确认", "On the screen"),
}


class Said(Struct, frozen=True, kw_only=True):
    """A word as it is written down."""

    purpose: Purpose
    units: tuple[str, ...] = ()
    """The answers that it is about; empty for all of the purpose."""
    word: Word
    how: How
    paper: str = ""
    guardian: bool = False
    said_at: int
    notice_version: int = 0


class Standing(Struct, frozen=True):
    """How consent for one answer stands: the last word about it, if there is one."""

    unit: str
    last: Consent | None


def note_consent(act: Act, about: tuple[str, str], said: Said) -> str:
    """Adds a word to the register; its id. about: the resident and the grid.

    Raises OfficeRefused for a paper number that is none, or a day that is still to come.
    """
    record, grid = about
    if not _PAPER.fullmatch(said.paper) or said.said_at > act.now:
        raise refused(
            "consent_paper",
            "书面编号只能有字母、数字和短横；日期不能晚于今天。",
            "The number of the paper is letters, digits and dashes; the day is not after today.",
        )
    made = new_id(act.now)
    word = Consent(
        id=made, record_id=record, grid=grid, purpose=said.purpose, units=said.units,
        word=said.word, how=said.how, paper=said.paper, guardian=said.guardian,
        notice_version=said.notice_version, said_at=said.said_at, noted_at=act.now,
        noted_by=act.who.id,
    )  # fmt: skip
    keep_words(act.conn, act.who.town, [word])
    act.note(_DEEDS[said.word], record, f"{made} {said.purpose}")
    return made


def consents_of(conn: Connection, town: str, record: str) -> list[Consent]:
    """All words of one person, the newest first."""
    rows = conn.execute(
        select(ConsentRow)
        .where(col(ConsentRow.town_id) == town, col(ConsentRow.record_id) == record)
        .order_by(col(ConsentRow.noted_at).desc(), col(ConsentRow.id).desc())
    )
    return [_consent(row) for row in rows]


def standing(units: Iterable[str], said: Iterable[Consent]) -> Iterator[Standing]:
    """How consent stands for each of the answers. said: the newest first."""
    words = list(said)
    for unit in units:
        yield Standing(unit, next((each for each in words if unit in each.units), None))


def as_answers(form: Form, record: Record, said: Said) -> dict[str, Answer]:
    """What a word says of a resident, as answers of a form that asks for it; else nothing.

    said: with the answers that it is about.
    """
    known = frozenset(units_of(form, Purpose.SENSITIVE))
    if said.purpose is not Purpose.SENSITIVE or WORD_UNIT not in form.units:
        return {}
    values = {unit: [c.value for c in record.units.get(unit, ())] for unit in SAYING}
    stands = effect(values[WORD_UNIT], values[EXCEPT_UNIT], known)
    left_out = stands.stops - set(said.units)
    if said.word is not Word.GIVEN:
        left_out = stands.stops | set(said.units)
    whole = left_out == known
    listed = [c for one in form.units.get(EXCEPT_UNIT, ()) for c in form.choices[one.choice_list]]
    before = next(iter(values[WORD_UNIT]), None)
    answers: dict[str, Answer] = {
        WORD_UNIT: said.word.value if whole or said.word is Word.GIVEN else before,
        EXCEPT_UNIT: None if whole else [c.name for c in listed if c.name in left_out] or None,
        HOW_UNIT: said.how.value,
        PAPER_UNIT: said.paper or None,
        GUARDIAN_UNIT: "yes" if said.guardian else None,
        NOTICE_UNIT: str(said.notice_version) if said.notice_version else None,
    }
    return {unit: value for unit, value in answers.items() if unit in form.units}


def _consent(row: Row[ConsentRow]) -> Consent:
    return msgspec.convert(row._asdict() | {"units": tuple(row.units.split())}, Consent)


_DEEDS: Mapping[Word, Deed] = {
    Word.GIVEN: Deed.CONSENT_GIVEN,
    Word.DECLINED: Deed.CONSENT_DECLINED,
    Word.WITHDRAWN: Deed.CONSENT_WITHDRAWN,
}
