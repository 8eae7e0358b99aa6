"""Looking for the dwelling that a door plate belongs to."""

from mobile.codes import codes_in
from mobile.store.cards import DwellingCard
from mobile.views.state.tab import TabState
from mobile.views.state.watched import Watched


class PlateState(Watched):
    """What was read or typed, and what it may mean."""

    def __init__(self, tab: TabState) -> None:
        super().__init__()
        self.tab = tab
        self.typed = ""
        self.found: tuple[DwellingCard, ...] = ()
        self.said = ""
        """Key of what is to be said: nothing was read, or nobody knows it."""

    def type(self, text: str) -> None:
        """What is in the field now; `look` finds it."""
        self.typed, self.said = text, ""
        self.changed()

    def look(self) -> None:
        """Finds what was typed. Blocks."""
        self.found = self.tab.store.known.plates.at(self.typed)
        self.said = "" if self.found or not self.typed.strip() else "plate.unknown"
        self.changed()

    def read(self, picture: bytes) -> str:
        """Where the plate in a picture leads; "" and words when it leads nowhere. Blocks."""
        codes = codes_in(picture)
        known = self.tab.store.known.plates
        homes = [found for code in codes if len(found := known.at(code)) == 1]
        if homes:
            return self.route(homes[0][0].id)
        self.typed = codes[0] if codes else self.typed
        self.said = "plate.unknown" if codes else "plate.unread"
        self.changed()
        return ""

    def route(self, dwelling: str) -> str:
        """The household that lives there; the door in its building where that is not one."""
        households = self.tab.store.known.plates.households(dwelling)
        if len(households) == 1:
            return f"/households/{households[0]}"
        return f"/buildings/{dwelling}?door={dwelling}"
