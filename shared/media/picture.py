"""What a reader of an image format tells."""

from msgspec import Struct


class Picture(Struct, frozen=True):
    """An image as its own structure describes it; no pixel is looked at."""

    width: int
    height: int
    bare: bool
    """Pixels and colours, and nothing else: no Exif, no place, no comment, nothing behind."""

    @property
    def edge(self) -> int:
        """The longer edge in pixels."""
        return max(self.width, self.height)
