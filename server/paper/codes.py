"""QR codes on paper, as black squares: sharp at any size."""

import segno
from fpdf import FPDF


def draw_code(sheet: FPDF, text: str, place: tuple[float, float, float]) -> None:
    """Draws what `text` says at (left, top, size), in millimetres."""
    left, top, size = place
    matrix = segno.make(text, error="m", micro=False).matrix
    step = size / len(matrix)
    sheet.set_fill_color(0)
    for down, line in enumerate(matrix):
        for across, dark in enumerate(line):
            if dark:
                sheet.rect(left + across * step, top + down * step, step, step, style="F")
