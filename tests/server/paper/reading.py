"""What stands on a printed document, read back from its PDF."""

from pypdfium2 import PdfDocument


def pages(document: bytes) -> list[str]:
    """The words of each page."""
    return [page.get_textpage().get_text_range() for page in PdfDocument(document)]
