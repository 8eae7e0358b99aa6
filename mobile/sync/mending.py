"""Finding what differs from the server by halving, and taking only that again."""

from collections.abc import Callable, Iterable

from mobile.store import mending
from mobile.store.shadow import Stretch
from mobile.sync.call import Call
from mobile.sync.trouble import nonsense
from shared.codec import PackedRecord
from shared.wire import PAGE_MAX, PartSum

FEW = 64
"""So few records are taken again at once: to ask on would cost more than they do."""


class Mender:
    """Makes a grid's records again what the server has."""

    def __init__(self, call: Call, check: Callable[[Iterable[PackedRecord]], None]) -> None:
        """check: raises when records may not be taken."""
        self._call = call
        self._store = call.store
        self._check = check

    def mend(self, grid: str) -> None:
        """Takes again what differs, stretch by stretch. What was mended stays so after a break."""
        open_ = [Stretch(grid)]
        while open_:
            stretch = open_.pop()
            parts = self._call.line().sums(stretch).parts
            _check_parts(stretch, parts)
            differing = mending.parts_that_differ(self._store.shelf, stretch, parts)
            nearly_all = 2 * len(differing) > len(parts)
            for each, part in differing:
                if nearly_all or part.records <= FEW:
                    self._take(each)
                else:
                    open_.append(each)

    def _take(self, stretch: Stretch) -> None:
        while True:
            grid, after, upto = stretch.grid, stretch.after, stretch.upto
            with self._call.pace.page(PAGE_MAX) as limit:
                page = self._call.line().snapshot(grid, after, limit, upto=upto)
            if page.grid != stretch.grid or (page.next is not None and page.next <= stretch.after):
                raise nonsense()
            self._check(page.records)
            upto = stretch.upto if page.next is None else page.next
            part = Stretch(stretch.grid, stretch.after, upto)
            taken = mending.take_stretch(self._store.shelf, part, page)
            self._store.refresh(taken.records, by_sync=True)
            self._call.running.received += taken.received
            if page.next is None:
                return
            stretch = Stretch(stretch.grid, page.next, stretch.upto)


def _check_parts(stretch: Stretch, parts: list[PartSum]) -> None:
    """Raises Trouble unless the parts follow each other up to the end of the stretch."""
    ends = [part.upto for part in parts]
    if not ends or ends[-1] != stretch.upto:
        raise nonsense()
    if any(one >= other for one, other in zip([stretch.after, *ends], ends[:-1], strict=False)):
        raise nonsense()
