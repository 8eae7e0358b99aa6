"""Pictures beside questions and choices: compiled into the form, small enough to travel with it.

A phone needs nothing else to show them, without a network. Of each picture only its pixels are
kept: a photo taken for a form must not tell every phone where and when it was taken.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from io import BytesIO
from pathlib import PurePath

from msgspec import Struct
from msgspec.structs import replace
from PIL import Image, ImageOps, UnidentifiedImageError

from server.forms.problems import FormProblem, problem
from server.forms.xlsform import Row, Workbook
from shared.forms.words import Words

EDGE_MAX = 480
"""Pixels of the longer edge: as wide as a phone shows it."""
READ_MAX = 5 * 1024 * 1024
"""Bytes of a picture as its author has it."""
PIXELS_MAX = 60_000_000
TOTAL_MAX = 1024 * 1024
"""Bytes of all pictures of a form, made small: phones fetch them with the form."""
QUALITY = 80
COLUMN = re.compile(r"^(media::)?image(::.*)?$")
_READ = ("JPEG", "PNG", "WEBP", "GIF", "BMP")
_SCHEME = re.compile(r"^jr://images/")
_BROKEN = (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError)


class Pictures:
    """The pictures of one form."""

    def __init__(self, workbook: Workbook, files: Mapping[str, bytes]) -> None:
        self._files = files
        self._keys: dict[str, str] = {}
        self._made: dict[str, bytes] = {}
        self._refused: dict[str, FormProblem] = {}
        self.problems = tuple(self._all(workbook))
        """Those that are not there or cannot be shown, each at its cell."""

    def all(self) -> dict[str, bytes]:
        """Every picture, by a name that is another one when the picture is."""
        return self._made

    def of(self, sources: Words) -> Words:
        """What an XForm names, `jr://images/roof.png`, as the names of what was made of it."""
        names = {language: _SCHEME.sub("", source) for language, source in sources.items()}
        return {
            language: self._keys[name] for language, name in names.items() if name in self._keys
        }

    def _all(self, workbook: Workbook) -> Iterator[FormProblem]:
        for place, name in (
            *_cells("survey", workbook.survey),
            *_cells("choices", workbook.choices),
        ):
            found = self._take(name)
            if found is not None:
                yield replace(found, sheet=place.sheet, row=place.row, column=place.column)
        if sum(map(len, self._made.values())) > TOTAL_MAX:
            yield problem("pictures_too_big", most=TOTAL_MAX >> 20)

    def _take(self, name: str) -> FormProblem | None:
        """Makes the picture of that name; what is wrong with it."""
        if name in self._keys or name in self._refused:
            return self._refused.get(name)
        if name not in self._files:
            self._refused[name] = problem("missing_picture", name=name)
            return self._refused[name]
        made = _small(self._files[name])
        if made is None:
            self._refused[name] = problem("bad_picture", name=name, most=READ_MAX >> 20)
            return self._refused[name]
        key = f"{PurePath(name).stem}-{sha256(made).hexdigest()[:8]}"
        self._keys[name], self._made[key] = key, made
        return None


class _Place(Struct, frozen=True):
    """A cell that names a picture."""

    sheet: str
    row: int
    column: str


def _cells(sheet: str, rows: Sequence[Row]) -> Iterator[tuple[_Place, str]]:
    for number, row in enumerate(rows, start=2):
        for column, cell in row.items():
            if COLUMN.match(column.strip().lower()) and cell.strip():
                yield _Place(sheet, number, column), _SCHEME.sub("", cell.strip())


def _small(content: bytes) -> bytes | None:
    """The picture upright, without anything but its pixels, as large as it is shown."""
    if len(content) > READ_MAX:
        return None
    try:
        with Image.open(BytesIO(content), formats=_READ) as picture:
            if picture.width * picture.height > PIXELS_MAX:
                return None
            shown = ImageOps.exif_transpose(picture).convert("RGBA")
    except _BROKEN:
        return None
    shown.thumbnail((EDGE_MAX, EDGE_MAX))
    bare = Image.frombytes(shown.mode, shown.size, shown.tobytes())
    written = BytesIO()
    bare.save(written, "WEBP", quality=QUALITY)
    return written.getvalue()
