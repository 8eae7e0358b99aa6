"""Making the file of an account that has just been enrolled."""

from collections.abc import Sequence
from pathlib import Path

from mobile.clock import Clock
from mobile.store.away import Away
from mobile.store.database import Database
from mobile.store.grids import grant
from mobile.store.kept import Chain, Identity, Kept, Name
from mobile.vault.sealing import Keys
from shared.wire import Area


def create_store(
    path: Path, keys: Keys, *, clock: Clock, identity: Identity, areas: Sequence[Area]
) -> None:
    """A file that knows who it is and which grids it wants, and nothing else yet."""
    database = Database(path, clock.now())
    kept = Kept(keys)
    with database.writing() as conn:
        kept.put(conn, Name.IDENTITY, identity)
        kept.put(conn, Name.CHAIN, Chain(identity.device))
        kept.put(conn, Name.AREAS, areas)
        kept.put(conn, Name.AWAY, Away(0, clock.reading()))
        grant(conn, [area.id for area in areas])
    database.close()
