"""An answer to an enrolment, for tests."""

from shared.wire import Area, Enrolled
from tests.mobile.kit import GRID, ME, NOW


def enrolled_as(device: str) -> Enrolled:
    area = Area(GRID, "第一网格", "330102001001001")
    return Enrolled(
        device, "new-token", ME, "王芳", "town", "和平镇", "six other words", [area], NOW
    )
