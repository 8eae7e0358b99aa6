"""Photos, recordings and documents for tests, made here: nobody and nowhere is in them."""

import random
import wave
from io import BytesIO

from PIL import Image
from PIL.TiffImagePlugin import IFDRational

GPS_IFD = 0x8825
ORIENTATION = 0x0112
_XMP = b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta exif:GPSLatitude='30,15N'/>"


def photo(
    width: int = 320, height: int = 240, *, kind: str = "JPEG", located: bool = False, seed: int = 1
) -> bytes:
    """An image with something to see in it; with its place as a camera writes it, if wanted."""
    noise = Image.frombytes("L", (16, 16), random.Random(seed).randbytes(256))
    picture = Image.merge("RGB", [noise.rotate(turn) for turn in (0, 90, 180)])
    written = BytesIO()
    picture.resize((width, height)).save(written, kind, exif=_exif() if located else b"")
    return written.getvalue()


def turned_photo() -> bytes:
    """A photo that lies on its side, and says so: red above, as it is held."""
    picture = Image.new("RGB", (100, 60), "blue")
    picture.paste("red", (0, 0, 20, 60))
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    written = BytesIO()
    picture.save(written, "JPEG", exif=exif.tobytes())
    return written.getvalue()


def with_xmp(jpeg: bytes) -> bytes:
    """The photo with its place in XMP instead of Exif."""
    return jpeg[:2] + b"\xff\xe1" + (len(_XMP) + 2).to_bytes(2, "big") + _XMP + jpeg[2:]


def voice(seconds: float = 0.1) -> bytes:
    """A recording of nobody."""
    written = BytesIO()
    with wave.open(written, "wb") as recording:
        recording.setnchannels(1)
        recording.setsampwidth(2)
        recording.setframerate(8000)
        recording.writeframes(random.Random(7).randbytes(int(16000 * seconds)))
    return written.getvalue()


def m4a(*, located: bool = False, track: bytes = b"soun") -> bytes:
    """The boxes of a recording."""
    handler = _box(b"hdlr", bytes(8) + track + bytes(12))
    place = _box(b"\xa9xyz", b"\x00\x12\x15\xc7+30.2741+120.1551/") if located else b""
    moov = _box(b"trak", _box(b"mdia", handler)) + _box(b"udta", place)
    return _box(b"ftyp", b"M4A \0\0\0\0") + _box(b"moov", moov) + _box(b"mdat", bytes(500))


def pdf() -> bytes:
    """Something that is called a PDF by its first and last bytes."""
    return b"%PDF-1.4\n" + b"1 0 obj\n<<>>\nendobj\n" + b"trailer\n<<>>\n%%EOF\n"


def _box(kind: bytes, content: bytes) -> bytes:
    return (len(content) + 8).to_bytes(4, "big") + kind + content


def _exif() -> bytes:
    exif = Image.Exif()
    exif[0x0110] = "Example Phone 3"
    exif[GPS_IFD] = {
        1: "N",
        2: (IFDRational(30), IFDRational(16), IFDRational(26)),
        3: "E",
        4: (IFDRational(120), IFDRational(9), IFDRational(18)),
    }
    return exif.tobytes()
