"""Numbers that nobody has: telephones of a range without operator, ID numbers of no prefecture."""

from collections import Counter
from datetime import date
from random import Random

from shared.codes import Sex, check_character
from shared.ids import uuid7

PHONE_PREFIX = "154"
"""The ministry has given 154 to no operator: such a number looks like one and reaches nobody."""
PHONES_OF_GRID = 20_011
PHONE_COUNT = 10**8
_PHONE_STRIDE = 38_196_601
"""Prime to PHONE_COUNT, so that serial numbers are strewn and none comes twice."""
_PHONE_START = 20_261_009

AREA_HERE = "329901"
AREAS_ELSEWHERE = tuple(f"3299{county:02d}" for county in range(2, 21))
"""Prefecture 99 is assigned in no province: the checksum is right, and the person cannot be."""
SEQUENCES_OF_GRID = 10
SEQUENCES = 1_000


class Numbers:
    """The numbers of one grid. No other grid of the town gives out the same."""

    def __init__(self, random: Random, place: int) -> None:
        self._random = random
        self._place = place
        self._phones = 0
        self._born: Counter[tuple[str, date, Sex]] = Counter()

    def record_id(self, at: int) -> str:
        """The id of a record made at that time, in milliseconds since the epoch."""
        return uuid7(at, self._random.randbytes(10))

    def phone(self) -> str:
        """A mobile number."""
        serial = self._place * PHONES_OF_GRID + self._phones
        self._phones += 1
        return f"{PHONE_PREFIX}{(_PHONE_START + serial * _PHONE_STRIDE) % PHONE_COUNT:08d}"

    def id_number(self, area: str, born: date, sex: Sex) -> str | None:
        """An ID number, or None when the day's numbers of this grid have been given out."""
        taken = self._born[area, born, sex]
        if taken >= SEQUENCES_OF_GRID // 2:
            return None
        self._born[area, born, sex] += 1
        odd = sex is Sex.MALE
        sequence = (self._place * SEQUENCES_OF_GRID + 2 * taken + odd) % SEQUENCES
        first17 = f"{area}{born:%Y%m%d}{sequence:03d}"
        return first17 + check_character(first17)
