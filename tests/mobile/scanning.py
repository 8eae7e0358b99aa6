"""Looking for texts in files, however they may be spelt there."""

import base64
from collections.abc import Iterable, Iterator
from pathlib import Path


def given_away(folder: Path, secrets: Iterable[str]) -> set[str]:
    """The texts that any file below the folder gives away."""
    return told_by([file.read_bytes() for file in folder.rglob("*") if file.is_file()], secrets)


def told_by(contents: Iterable[bytes], secrets: Iterable[str]) -> set[str]:
    """The texts that can be read in any of the contents."""
    known = tuple(contents)
    return {
        secret
        for secret in secrets
        for spelling in spellings(secret)
        for content in known
        if spelling in content
    }


def spellings(text: str) -> Iterator[bytes]:
    """How a text may lie in a file."""
    for encoding in ("utf-8", "utf-16-le", "utf-16-be", "gb18030"):
        plain = text.encode(encoding)
        yield from (plain, plain[::-1])
        # base64 at each of the three ways it may be cut.
        for shift in range(3):
            inner = base64.b64encode(b"\0" * shift + plain)
            yield inner[4 if shift else 0 : -4]
