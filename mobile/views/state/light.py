"""Whether this worker only reports: a building leader, whose phone has nobody's records."""

from mobile.store.work import Filed
from mobile.views.state.live import Live
from mobile.views.state.tab import TabState

SHOWN_MAX = 50


def only_reports(tab: TabState) -> bool:
    """Whether all that the office lets this worker do is to report."""
    areas = tab.store.areas()
    return bool(areas) and all(area.light for area in areas)


class LightState(Live):
    """What a building leader reported, and how it stands."""

    def __init__(self, tab: TabState) -> None:
        super().__init__(tab)
        self.light = only_reports(tab)
        self.reported: tuple[Filed, ...] = ()

    def shown(self) -> object:
        """Whether this is the screen, and the reports."""
        return self.light, self.reported

    def read(self) -> None:
        """Takes them from the store, those first that are still open."""
        self.light = only_reports(self.tab)
        if not self.light:
            self.reported = ()
            return
        filed = self.tab.store.known.work.cases(self.tab.store.shelf.now())
        self.reported = tuple(sorted(filed, key=lambda one: not one.standing.is_open))[:SHOWN_MAX]
