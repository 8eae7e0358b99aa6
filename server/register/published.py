"""Published forms: what the register asks of them while it judges, merges and seals."""

from collections.abc import Mapping
from functools import cached_property
from threading import Lock

import msgspec
from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, bindparam, select, update
from sqlmodel import col

from server.db.asking import Question, Rows
from server.db.bulk import insert_rows
from server.db.register_tables import FormRow
from server.errors import ServerError
from server.register.answers import Answers
from shared.consent import WORD_UNIT, Purpose, units_of
from shared.forms.model import (
    Form,
    decode_form,
    encode_form,
    unique_units,
    unit_classes,
    unit_orders,
    unit_policies,
)
from shared.forms.types import QuestionType
from shared.merge import Rules
from shared.policies import PrivacyClass
from shared.wire import Words

KEPT_MAX = 200
"""Forms kept decoded."""


class FormTaken(ServerError):
    """Another form was published under this version."""

    def __init__(self, version: str) -> None:
        super().__init__(
            "form_taken",
            Words(
                f"版本号 {version} 已用于另一份表单，请换一个版本号。",
                f"Version {version} is another form already. Give this one a new version.",
            ),
        )


class Source(Struct, frozen=True):
    """The file that a form was compiled from."""

    document: bytes = b""
    name: str = ""


NO_SOURCE = Source()


class Published(Struct, frozen=True, dict=True):
    """One version of a kind's form, with what follows from it."""

    form: Form
    secret_units: frozenset[str]
    """The units of class S. What once was of class S stays sealed."""

    @cached_property
    def rules(self) -> Rules:
        """How its units merge."""
        return Rules(unit_policies(self.form), unit_orders(self.form))

    @cached_property
    def unique(self) -> Mapping[str, str]:
        """The units whose answer should be a record's alone, each with where."""
        return unique_units(self.form)

    @cached_property
    def references(self) -> frozenset[str]:
        """The units that name another record, of which this one is a part."""
        return frozenset(
            unit
            for unit, members in self.form.units.items()
            if len(members) == 1 and members[0].type is QuestionType.REFERENCE
        )

    @cached_property
    def by_consent(self) -> frozenset[str]:
        """What its answer about consent is about; nothing where the form does not ask that."""
        asks = WORD_UNIT in self.form.units
        return frozenset(units_of(self.form, Purpose.SENSITIVE) if asks else ())

    @cached_property
    def answers(self) -> Answers:
        """Judges answers to it."""
        return Answers(self.form)


class Shelf:
    """The forms of all towns, each decoded once."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str, str], Published] = {}
        self._lock = Lock()

    def current(self, conn: Connection, town: str) -> dict[str, Published]:
        """The current form of each kind."""
        rows = conn.execute(_CURRENT, {"town": town})
        found: dict[str, Published] = {}
        for kind, version, sealed in rows:
            published = self.version(conn, town, kind, version)
            assert published is not None  # a row says so
            secret_units = frozenset(sealed.split())
            if published.secret_units != secret_units:  # another process published it again
                published = Published(published.form, secret_units)
            found[kind] = published
        return found

    def version(self, conn: Connection, town: str, kind: str, version: str) -> Published | None:
        """One version of a kind's form, if it is or was current.

        What is only uploaded may still become another form, and is not kept in mind.
        """
        key = (town, kind, version)
        known = self._kept.get(key)
        if known is not None:
            return known
        row = conn.execute(
            select(col(FormRow.content), col(FormRow.sealed)).where(
                *_is(town, kind, version), col(FormRow.current) | (col(FormRow.published_at) != 0)
            )
        ).one_or_none()
        if row is None:
            return None
        published = Published(decode_form(row.content), frozenset(row.sealed.split()))
        with self._lock:
            if len(self._kept) >= KEPT_MAX:
                self._kept.clear()
            self._kept[key] = published
        return published

    def forget(self, town: str) -> None:
        """Read the town's forms anew: one was published."""
        with self._lock:
            self._kept = {key: kept for key, kept in self._kept.items() if key[0] != town}


def asking_versions(town: str) -> Question[dict[str, str]]:
    """The version of the current form of each kind."""
    return Question(_CURRENT, {"town": town}, _versions)


def form_content(conn: Connection, town: str, kind: str, version: str) -> bytes | None:
    """The JSON of a form."""
    found: bytes | None = conn.execute(
        select(col(FormRow.content)).where(*_is(town, kind, version))
    ).scalar()
    return found


def keep_form(conn: Connection, town: str, form: Form, source: Source) -> None:
    """Keep a version unpublished; another that was not published gives way. Raises FormTaken."""
    content = encode_form(form)
    known = conn.execute(
        select(col(FormRow.content), col(FormRow.published_at)).where(
            *_is(town, form.kind, form.version)
        )
    ).one_or_none()
    if known is None:
        columns = (
            "town_id", "kind", "version", "content", "sealed", "published_at", "current", "source",
            "source_name",
        )  # fmt: skip
        row = (
            town, form.kind, form.version, content, "", 0, False, source.document, source.name,
        )  # fmt: skip
        insert_rows(conn, FormRow, columns, [row])
    elif known.content != content:
        if known.published_at:
            raise FormTaken(form.version)
        conn.execute(
            update(FormRow)
            .where(*_is(town, form.kind, form.version))
            .values(content=content, source=source.document, source_name=source.name)
        )


def put_form(conn: Connection, town: str, form: Form, now: int) -> None:
    """Make the form its kind's current one. Raises FormTaken."""
    keep_form(conn, town, form, NO_SOURCE)
    of_kind = (col(FormRow.town_id) == town, col(FormRow.kind) == form.kind)
    sealed = secret_units(form)
    for earlier in conn.execute(select(col(FormRow.sealed)).where(*of_kind)).scalars():
        sealed |= set(earlier.split())
    conn.execute(update(FormRow).where(*of_kind).values(current=False))
    conn.execute(
        update(FormRow)
        .where(*_is(town, form.kind, form.version))
        .values(current=True, sealed=" ".join(sorted(sealed)), published_at=now)
    )


def secret_units(form: Form) -> set[str]:
    """The units of class S."""
    classes = unit_classes(form).items()
    return {unit for unit, class_ in classes if class_ is PrivacyClass.SENSITIVE}


def _versions(rows: Rows) -> dict[str, str]:
    current = msgspec.convert(rows, list[tuple[str, str, str]])
    return {kind: version for kind, version, _ in current}


def _is(town: str, kind: str, version: str) -> tuple[ColumnElement[bool], ...]:
    return (
        col(FormRow.town_id) == town,
        col(FormRow.kind) == kind,
        col(FormRow.version) == version,
    )


# Made once: to build a statement costs as much as to run it.
_CURRENT = select(col(FormRow.kind), col(FormRow.version), col(FormRow.sealed)).where(
    col(FormRow.town_id) == bindparam("town"), col(FormRow.current).is_(True)
)
