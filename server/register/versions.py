"""The versions of a town's forms: uploaded, published, withdrawn."""

from collections.abc import Iterator

from msgspec import Struct
from msgspec.json import Decoder
from sqlalchemy import ColumnElement, Engine, delete, select
from sqlmodel import col

from server.clock import Clock
from server.db.engine import reading, writing
from server.db.office_tables import DeviceRow
from server.db.register_tables import FormRow
from server.register.counter import take_numbers
from server.register.published import Shelf, Source, keep_form
from server.register.sealing import Seal
from server.register.store import RecordStore
from shared.changes import Answer
from shared.forms.model import Form, decode_form
from shared.merge import Rules
from shared.settle import shown
from shared.wire import Begun

_begun = Decoder(list[Begun])


class Version(Struct, frozen=True):
    """One version of a kind's form."""

    kind: str
    version: str
    published_at: int
    """When it became current last, ms; 0: it was uploaded and is not published yet."""
    current: bool
    source_name: str


class Versions:
    """The forms of all towns."""

    def __init__(self, engine: Engine, shelf: Shelf, seal: Seal, clock: Clock) -> None:
        self._engine = engine
        self._shelf = shelf
        self._seal = seal
        self._clock = clock

    def all(self, town: str) -> list[Version]:
        """Every version, by kind, the newest first."""
        columns = (
            col(FormRow.kind), col(FormRow.version), col(FormRow.published_at),
            col(FormRow.current), col(FormRow.source_name),
        )  # fmt: skip
        newest = col(FormRow.published_at).desc()
        wanted = select(*columns).where(col(FormRow.town_id) == town)
        with reading(self._engine) as conn:
            rows = conn.execute(wanted.order_by(col(FormRow.kind), newest, col(FormRow.version)))
            return [Version(*row) for row in rows]

    def keep(self, town: str, form: Form, source: Source) -> None:
        """Keep an uploaded form until it is published or dropped. Raises FormTaken."""
        with writing(self._engine) as conn:
            take_numbers(conn, town, 0)  # one after the other, and none while one is published
            keep_form(conn, town, form, source)
        self._shelf.forget(town)

    def drop(self, town: str, kind: str, version: str) -> None:
        """Forget an uploaded form that was never published."""
        with writing(self._engine) as conn:
            conn.execute(
                delete(FormRow).where(
                    col(FormRow.town_id) == town,
                    col(FormRow.kind) == kind,
                    col(FormRow.version) == version,
                    col(FormRow.published_at) == 0,
                )
            )
        self._shelf.forget(town)

    def form(self, town: str, kind: str, version: str) -> Form | None:
        """One version, published or not."""
        with reading(self._engine) as conn:
            found = self._row(town, kind, version)
            content = conn.execute(select(col(FormRow.content)).where(*found)).scalar()
        return None if content is None else decode_form(content)

    def source(self, town: str, kind: str, version: str) -> Source | None:
        """The file that a version was uploaded as."""
        wanted = select(col(FormRow.source), col(FormRow.source_name))
        with reading(self._engine) as conn:
            row = conn.execute(wanted.where(*self._row(town, kind, version))).one_or_none()
        return None if row is None or not row.source else Source(row.source, row.source_name)

    def before(self, town: str, kind: str) -> Form | None:
        """The version that was current before the present one."""
        earlier = [one for one in self.all(town) if one.kind == kind and one.published_at]
        others = [one for one in earlier if not one.current]
        return self.form(town, kind, others[0].version) if others else None

    def records(self, town: str, kind: str) -> Iterator[dict[str, Answer]]:
        """The settled answers of every record of a kind that is not deleted."""
        with reading(self._engine) as conn:
            published = self._shelf.current(conn, town).get(kind)
            rules = published.rules if published else Rules()
            for record in RecordStore(conn, town, self._seal).all(kind):
                if not record.deleted:
                    yield shown(record, rules)

    def begun(self, town: str, kind: str) -> Iterator[Begun]:
        """The forms of a kind that are being filled in, as the phones in use last told."""
        wanted = select(col(DeviceRow.drafts)).where(
            col(DeviceRow.town_id) == town,
            col(DeviceRow.status) == "active",
            col(DeviceRow.drafts) != "",
        )
        with reading(self._engine) as conn:
            told = list(conn.execute(wanted).scalars())
        for text in told:
            yield from (one for one in _begun.decode(text) if one.kind == kind)

    @staticmethod
    def _row(town: str, kind: str, version: str) -> tuple[ColumnElement[bool], ...]:
        return (
            col(FormRow.town_id) == town,
            col(FormRow.kind) == kind,
            col(FormRow.version) == version,
        )
