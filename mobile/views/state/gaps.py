"""How complete a household is, in words: a share, and what is missing, by person."""

from msgspec import Struct

from mobile.store.gaps import RecordGaps
from mobile.views.state.answers import Reader
from mobile.views.state.tab import TabState

NAMED_MAX = 6
"""Items are named up to this many, and then counted."""


class GapLine(Struct, frozen=True):
    """What is missing of one record."""

    record: str
    kind: str
    words: str


class GapView(Struct, frozen=True):
    """How complete a household is."""

    answered: int
    applicable: int
    missing: tuple[GapLine, ...]
    declined: str

    @property
    def share(self) -> float:
        """What is answered of what applies, 0 to 1."""
        return self.answered / self.applicable if self.applicable else 1.0


def gap_view(tab: TabState, household: str) -> GapView:
    """How complete the household and those who live there are."""
    found = tab.store.known.gaps.of(household)
    lines = (_line(tab, gaps) for gaps in found)
    declined = [_named(tab, gaps, gaps.items.declined) for gaps in found if gaps.items.declined]
    return GapView(
        answered=sum(len(gaps.items.answered) for gaps in found),
        applicable=sum(gaps.items.applicable for gaps in found),
        missing=tuple(line for line in lines if line is not None),
        declined=tab.texts("between").join(declined),
    )


def _line(tab: TabState, gaps: RecordGaps) -> GapLine | None:
    if not gaps.items.missing:
        return None
    # What counts comes first.
    wanted = gaps.items.wanted
    items = (*wanted, *(name for name in gaps.items.missing if name not in wanted))
    return GapLine(gaps.record, gaps.kind, _named(tab, gaps, items))


def _named(tab: TabState, gaps: RecordGaps, questions: tuple[str, ...]) -> str:
    texts, form = tab.texts, tab.store.form(gaps.kind)
    if form is None:
        return ""
    reader = Reader(form, texts, tab.label)
    names = [reader.name(form.by_name[name].unit) for name in questions if name in form.by_name]
    items = texts("between").join(names[:NAMED_MAX])
    if len(names) > NAMED_MAX:
        items = texts("gaps.and_more", items=items, n=len(names))
    return texts("gaps.person", name=gaps.label, items=items) if gaps.label else items
