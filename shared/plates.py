"""What the QR code on a door plate says: the dwelling's id, which tells a stranger nothing."""

import re

_PLATE = re.compile(r"doorstep://d/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/?", re.IGNORECASE)


def plate_text(dwelling: str) -> str:
    """The text of the code on a dwelling's plate."""
    return f"doorstep://d/{dwelling}"


def plate_dwelling(text: str) -> str | None:
    """The dwelling whose plate says so; None for any other text."""
    match = _PLATE.fullmatch(text.strip())
    return match[1].lower() if match else None
