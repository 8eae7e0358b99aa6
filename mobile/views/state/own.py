"""Tables of the town's own making: the list of them, and one with its records."""

from mobile.store.own import OwnRecord, own_forms, own_records
from mobile.store.values import Draft
from mobile.views.state.live import Live
from mobile.views.state.tab import TabState
from shared.forms.model import Form
from shared.forms.scope import Moment

NEW = "new"
"""In an address instead of a form that was begun: one is begun by looking at it."""


class OwnTables(Live):
    """Which there are: a form may come with any sync."""

    forms: tuple[tuple[str, str], ...] = ()
    """Kind and title."""

    def shown(self) -> object:
        """Kinds and titles."""
        return self.forms

    def read(self) -> None:
        """Takes them from the store."""
        language = self.tab.language
        self.forms = tuple(
            (form.kind, form.words(form.title, language) or form.id)
            for form in own_forms(self.tab.store)
        )


class OwnTable(Live):
    """One of them."""

    def __init__(self, tab: TabState, kind: str) -> None:
        super().__init__(tab)
        self.kind = kind
        self.form: Form | None = None
        self.records: tuple[OwnRecord, ...] = ()

    def shown(self) -> object:
        """Its form and records."""
        return self.form, self.records

    def read(self) -> None:
        """Takes them from the store."""
        form = self.form = self.tab.store.form(self.kind)
        moment = Moment(self.tab.now(), self.tab.language)
        self.records = own_records(self.tab.store, form, moment) if form else ()

    def begin(self, record: str | None = None) -> Draft:
        """Opens the form of a new record, or of that one. Blocks."""
        return self.tab.remember(self.tab.store.begin(self.kind, record))
