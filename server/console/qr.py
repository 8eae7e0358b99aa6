"""A QR on a page: it fills the white that its place has, whatever it says."""

import segno

BORDER = 3
"""White modules around it, so that it is found."""


def qr(content: str) -> str:
    """The QR of some text, as SVG without a size of its own."""
    code = segno.make(content, error="m")
    return str(code.svg_inline(omitsize=True, border=BORDER, dark="#000", light="#fff"))
