"""A file that a household names, and what the office has of files."""

from sqlalchemy import text

from server.db.engine import reading
from shared.files import FileRef
from tests.mobile.field import Field, Phone
from tests.mobile.kit import create


def with_file(phone: Phone, content: bytes, name: str = "") -> tuple[FileRef, str]:
    """A household that names a file, saved and not sent; the file and the household."""
    ref, record = phone.store.files.add(content, name), phone.clock.new_id()
    phone.store.save([create("household", record, head_name="李芳", photo=ref.answer)])
    return ref, record


def stored(field: Field) -> list[tuple[str, int]]:
    """Hash and size of every file that the office has."""
    with reading(field.town.services.engine) as conn:
        rows = conn.execute(text("SELECT sha256, size FROM file ORDER BY sha256")).all()
    return [(row.sha256, row.size) for row in rows]
