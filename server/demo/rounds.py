"""The order in which a large invented town is received: in rounds instead of by time.

In the order of time, two workers of a grid take turns at every door, and each turn is a push of a
handful of changes. In rounds, each of them pushes all that hangs on nothing of the other's which
has not come yet.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from server.town import TownRecord


def rounds(written: Iterable[TownRecord]) -> Iterator[list[TownRecord]]:
    """The records, which come in the order of time, in rounds; each is in the order of time too.

    What hangs on something of another worker's, because it edits or names it, comes in a later
    round than that: whoever wrote it had pulled the other.
    """
    last: dict[str, tuple[int, str]] = {}
    found: dict[int, list[TownRecord]] = defaultdict(list)
    for record in written:
        named = (record.id, record.visit, *record.answers.values())
        before = [last[each] for each in named if isinstance(each, str) and each in last]
        turn = max((each + (worker != record.worker) for each, worker in before), default=0)
        last[record.id] = turn, record.worker
        found[turn].append(record)
    for turn in sorted(found):
        yield found[turn]
