"""A row of a phone's own file that no longer opens, as a bad memory card leaves it."""

import sqlite3

from tests.mobile.field import PIN, Phone


def damage(phone: Phone, table: str, where: str, column: str = "sealed") -> None:
    """Harms rows while the account is locked, and unlocks it."""
    phone.device.lock()
    path = phone.home / "accounts" / phone.account / "store.db"
    with sqlite3.connect(path) as conn:
        zeros = f"zeroblob(length({column}))"
        harmed = conn.execute(f"UPDATE {table} SET {column} = {zeros} WHERE {where}")
        assert harmed.rowcount > 0
    phone.device.unlock(phone.account, PIN)
