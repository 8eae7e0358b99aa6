"""The town, worker and phone that the golden messages speak of, in a real database."""

from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, text

from server.db.engine import writing
from server.forms.builtin import builtin_forms
from tests.server.a_town import ATown, Phone, make_town

FOLDER = Path(__file__).parent / "v1"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
"""Of a phone that never was."""
SECRET = "golden-secret"
WORKER = "01999999-0000-7000-8000-00000000000a"
GRID = "01999999-0000-7000-8000-000000000001"
DEVICE = "01999999-0000-7000-8000-0000000000d1"
TOWN = "east"
TOKEN = f"{TOWN}.{DEVICE}.{SECRET}"


def stage(home: Path) -> ATown:
    """A town in which these messages can be sent and answered."""
    town = make_town(home)
    for form in builtin_forms().values():
        town.services.register.publish_form(TOWN, form)
    worker = town.worker("W1", "g1")
    device = town.enrolled(worker, Phone(KEY)).device
    with writing(town.services.engine) as conn:
        _rename(conn, ("worker", "id"), ("assignment", "worker_id"), old=worker, new=WORKER)
        _rename(conn, ("device", "worker_id"), old=worker, new=WORKER)
        _rename(conn, ("area", "id"), ("assignment", "area_id"), old=town.areas["g1"], new=GRID)
        _rename(conn, ("device", "id"), old=device, new=DEVICE)
        conn.execute(
            text("UPDATE device SET token_hash = :hash WHERE id = :id"),
            {"hash": sha256(SECRET.encode()).hexdigest(), "id": DEVICE},
        )
    return town


def _rename(conn: Connection, *places: tuple[str, str], old: str, new: str) -> None:
    for table, column in places:
        conn.execute(
            text(f"UPDATE {table} SET {column} = :new WHERE {column} = :old"),
            {"old": old, "new": new},
        )
