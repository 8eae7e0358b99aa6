"""Everything of one account that is open: its file, its seals, and what is held in memory."""

from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache

import msgspec
from sqlalchemy import Connection

from mobile.clock import Clock
from mobile.errors import DamagedRow
from mobile.store.database import Database
from mobile.store.drafts import Drafts
from mobile.store.entries import Entry
from mobile.store.kept import Chain, Identity, Kept, Name, read_account
from mobile.store.outbox import DAY_MS, Outbox
from mobile.store.shadow import Shadow
from mobile.store.values import Draft
from mobile.vault.sealing import Keys
from shared.changes import ChangeKind
from shared.forms.model import Form, decode_form, unit_orders, unit_policies
from shared.merge import Rules, merge
from shared.records import Record

NO_RULES = Rules()


class Shelf:
    """What the parts of the store share. Whoever touches it holds the database's lock."""

    def __init__(
        self, database: Database, keys: Keys, clock: Clock, fallback: Identity | None
    ) -> None:
        self.database = database
        self.keys = keys
        self.clock = clock
        self.kept = Kept(keys)
        self.shadow = Shadow(keys)
        self.outbox = Outbox(keys)
        self.draft_rows = Drafts(keys)
        with database.writing() as conn:
            self.account = read_account(self.kept, conn, fallback)
            if self.outbox.refuse_damaged(conn, self.today()):
                self.kept.put(conn, Name.CHAIN, Chain(""))
                self.change(chain=Chain(""))
            self._overlay = _by_record(self.outbox.overlay(conn))
            self.drafts: Mapping[str, Draft] = {d.id: d for d in self.draft_rows.all(conn)}
            """By id; replaced and never changed, since a sync reads them while somebody types."""
        self.settled_questions: set[tuple[str, int]] = set()
        """Those of the office that need nothing more from this worker, each at a version."""
        self.damaged_forms: frozenset[tuple[str, str]] = frozenset()
        """Forms, by kind and version, that cannot be opened: the next sync takes them again."""
        self._form = lru_cache(maxsize=32)(self._read_form)
        self._rules = lru_cache(maxsize=32)(self._read_rules)

    def today(self) -> int:
        """Days since the epoch, by the server's clock as far as this device knows it."""
        return self.now() // DAY_MS

    def now(self) -> int:
        """The time in ms, by the server's clock as far as this device knows it in this boot."""
        now = self.clock.reading()
        return now.wall + self.account.offsets.get(now.boot, 0)

    def catch_up(self, conn: Connection) -> None:
        """Takes over what another window of the app has saved: no number is given twice."""
        chain = self.kept.sound(conn, Name.CHAIN, Chain)
        if chain is not None and chain != self.account.chain:
            self.account = read_account(self.kept, conn, self.account.identity)
            self.relay(conn)

    def form(self, kind: str, version: str = "") -> Form | None:
        """A form that this device has: the newest of its kind, or the version named."""
        version = version or self.account.forms.get(kind, "")
        return self._form(kind, version) if version else None

    def rules(self, kind: str) -> Rules:
        """How records of the kind merge. Without their form everything waits for review."""
        version = self.account.forms.get(kind, "")
        return self._rules(kind, version) if version else NO_RULES

    def put_form(self, conn: Connection, kind: str, version: str, content: bytes) -> None:
        """Keeps a form. Raises msgspec.DecodeError when it is not one."""
        decode_form(content)
        self.kept.put_raw(conn, form_name(kind, version), content)

    def forget_forms(self) -> None:
        """Other forms are current now."""
        self.damaged_forms = frozenset()
        self._form.cache_clear()
        self._rules.cache_clear()
        self.settled_questions.clear()

    def change(self, **values: object) -> None:
        """Replaces values of the account in memory; call it when the file has them."""
        self.account = msgspec.structs.replace(self.account, **values)

    # ---- the overlay --------------------------------------------------------------------------

    def laid_over(self, record: str) -> tuple[Entry, ...]:
        """The record's changes that a pull has not brought back."""
        return self._overlay.get(record, ())

    def overlaid(self) -> Collection[str]:
        """The records that have such changes now: a save may come while somebody goes through."""
        return tuple(self._overlay)

    def lay(self, entries: Iterable[Entry]) -> set[str]:
        """Lays changes that were just saved; the records they touch."""
        touched = set()
        for entry in entries:
            record = entry.change.record
            self._overlay[record] = (*self._overlay.get(record, ()), entry)
            touched.add(record)
        return touched

    def relay(self, conn: Connection) -> set[str]:
        """Reads the overlay again; the records it touches or touched."""
        before = set(self._overlay)
        self._overlay = _by_record(self.outbox.overlay(conn))
        return before | set(self._overlay)

    def shown(self, conn: Connection, record: str) -> Record | None:
        """The record as it is shown: the shadow with this device's changes over it."""
        return self.over(self.shadow.get(conn, record), record)

    def over(self, shadow: Record | None, record: str) -> Record | None:
        """A shadow with the record's changes over it."""
        shown = shadow
        for entry in self.laid_over(record):
            if shadow is not None and 0 < entry.ack_seq <= shadow.version:
                continue  # it came back with the shadow
            if shown is None and entry.change.kind is not ChangeKind.CREATE:
                continue  # it waits for a record that is not here
            rules = self.rules(entry.change.record_kind)
            shown = merge(shown, entry.change, entry.write(self.effective(entry)), rules).record
        return shown

    def effective(self, entry: Entry) -> int:
        """When an unsent change was made, as far as this device can tell."""
        return entry.change.at + self.account.offsets.get(entry.change.boot, 0)

    # ---- drafts -------------------------------------------------------------------------------

    def put_drafts(self, drafts: Iterable[Draft]) -> None:
        """These are kept from now on; call it when the file has them."""
        self.drafts = {**self.drafts, **{draft.id: draft for draft in drafts}}

    def drop_drafts(self, ids: Collection[str]) -> None:
        """These are no longer kept."""
        self.drafts = {id_: draft for id_, draft in self.drafts.items() if id_ not in ids}

    def draft_of(self, record: str) -> Draft | None:
        """The unfinished form of a record."""
        return next((draft for draft in self.drafts.values() if draft.record == record), None)

    def _read_form(self, kind: str, version: str) -> Form | None:
        with self.database.reading() as conn:
            try:
                content = self.kept.raw(conn, form_name(kind, version))
            except DamagedRow:
                self.damaged_forms |= {(kind, version)}
                return None
        return None if content is None else decode_form(content)

    def _read_rules(self, kind: str, version: str) -> Rules:
        form = self._form(kind, version)
        return NO_RULES if form is None else rules_of(form)


def rules_of(form: Form) -> Rules:
    """How records of the form's kind merge."""
    return Rules(policies=unit_policies(form), orders=unit_orders(form))


def form_name(kind: str, version: str) -> str:
    """The name that a form is kept under."""
    return f"{Name.FORM}/{kind}/{version}"


def _by_record(entries: Iterable[Entry]) -> dict[str, tuple[Entry, ...]]:
    overlay: dict[str, tuple[Entry, ...]] = {}
    for entry in entries:
        record = entry.change.record
        overlay[record] = (*overlay.get(record, ()), entry)
    return overlay
