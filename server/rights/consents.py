"""Consents: what a person said of what may be kept of them, word by word; and what it is about."""

import re
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Row, insert, select
from sqlmodel import col

from server.clock import new_id, town_time
from server.db.rights_tables import ConsentRow
from server.office.act import Act
from server.office.audit import Deed
from server.office.errors import refused
from shared.forms.model import Form, Question
from shared.forms.types import QuestionType
from shared.policies import PrivacyClass
from shared.wire import Words

MATERNAL_UNIT = "maternal_service"
BY_CONSENT = "consent"
FILE_TYPES = frozenset(
    {QuestionType.IMAGE, QuestionType.AUDIO, QuestionType.VIDEO, QuestionType.FILE}
)
GUARDIAN_BELOW = 14
"""PIPL article 31: for a younger child a guardian speaks."""
_PAPER = re.compile(r"[0-9A-Za-z-]{0,30}")


class Purpose(StrEnum):
    """What a consent is for."""

    SENSITIVE = "sensitive"
    """Sensitive answers that rest on consent: disability, assistance, ID number ..."""
    MATERNAL = "maternal"
    """The request for maternal services."""
    PHOTOS = "photos"


class Word(StrEnum):
    """What the person said."""

    GIVEN = "given"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class How(StrEnum):
    """How they said it."""

    PAPER = "paper"
    SPOKEN = "spoken"
    SCREEN = "screen"


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


class Consent(Struct, frozen=True, kw_only=True):
    """One word of a person."""

    id: str
    record_id: str
    grid: str
    purpose: Purpose
    units: tuple[str, ...]
    word: Word
    how: How
    paper: str
    guardian: bool
    notice_version: int
    said_at: int
    noted_at: int
    noted_by: str


class Standing(Struct, frozen=True):
    """How consent for one answer stands: the last word about it, if there is one."""

    unit: str
    last: Consent | None


def units_of(form: Form, purpose: Purpose) -> tuple[str, ...]:
    """The answers of a form that a consent for the purpose is about, in the form's order."""
    asked = (one for one in form.questions if one.stored and one.on)
    return tuple(dict.fromkeys(one.unit for one in asked if _is_about(one, purpose)))


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
    act.conn.execute(
        insert(ConsentRow).values(
            town_id=act.who.town, id=made, record_id=record, grid=grid,
            purpose=said.purpose.value, units=" ".join(said.units), word=said.word.value,
            how=said.how.value, paper=said.paper, guardian=said.guardian,
            notice_version=said.notice_version, said_at=said.said_at, noted_at=act.now,
            noted_by=act.who.id,
        )
    )  # fmt: skip
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


def needs_guardian(birth_date: str, said_at: int) -> bool:
    """Whether a child that young cannot consent itself."""
    day = town_time(said_at).date().isoformat()
    if len(birth_date) < len("2010-01-01"):
        return bool(birth_date) and int(day[:4]) - int(birth_date[:4]) < GUARDIAN_BELOW
    comes_of_age = f"{int(birth_date[:4]) + GUARDIAN_BELOW:04d}{birth_date[4:]}"
    return day < comes_of_age


def _is_about(question: Question, purpose: Purpose) -> bool:
    if purpose is Purpose.PHOTOS:
        return question.type in FILE_TYPES
    if purpose is Purpose.MATERNAL:
        return question.unit == MATERNAL_UNIT
    by_consent = question.basis == BY_CONSENT
    sensitive = question.privacy is PrivacyClass.SENSITIVE
    return sensitive and by_consent and question.unit != MATERNAL_UNIT


def _consent(row: Row[ConsentRow]) -> Consent:
    return msgspec.convert(row._asdict() | {"units": tuple(row.units.split())}, Consent)


_DEEDS: Mapping[Word, Deed] = {
    Word.GIVEN: Deed.CONSENT_GIVEN,
    Word.DECLINED: Deed.CONSENT_DECLINED,
    Word.WITHDRAWN: Deed.CONSENT_WITHDRAWN,
}
