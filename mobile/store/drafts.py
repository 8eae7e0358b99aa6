"""Forms that are being filled in, kept as they are typed."""

import msgspec
from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.sqlite import insert

from mobile.errors import DamagedRow
from mobile.store.base import table_of
from mobile.store.tables import DraftRow
from mobile.store.values import Draft
from mobile.vault.sealing import Keys


class Drafts:
    """The `draft` table."""

    def __init__(self, keys: Keys) -> None:
        self._seal = keys.seal("draft")

    def all(self, conn: Connection) -> list[Draft]:
        """Those that can be opened, the newest first."""
        found = []
        for row in conn.execute(select(_draft.c.id, _draft.c.revision, _draft.c.sealed)):
            try:
                found.append(_decoder.decode(self._seal.open(row.id, row.revision, row.sealed)))
            except DamagedRow:
                continue  # it stays in the file, for the office to look at
        return sorted(found, key=lambda draft: (-draft.touched, draft.id))

    def keep(self, conn: Connection, draft: Draft) -> None:
        """Keeps the draft as it is now."""
        known = select(_draft.c.revision).where(_draft.c.id == draft.id)
        revision = (conn.execute(known).scalar() or 0) + 1
        content = self._seal.close(draft.id, revision, msgspec.json.encode(draft))
        put = insert(_draft).values(id=draft.id, revision=revision, sealed=content)
        changed = {"revision": put.excluded.revision, "sealed": put.excluded.sealed}
        conn.execute(put.on_conflict_do_update(set_=changed))

    def drop(self, conn: Connection, draft: str) -> None:
        """Forgets a draft; it need not be there."""
        conn.execute(delete(_draft).where(_draft.c.id == draft))


_draft = table_of(DraftRow)
_decoder = msgspec.json.Decoder(Draft)
