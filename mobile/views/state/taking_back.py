"""Undo: a save, or an answer of a form, is taken back, and that can be taken back, too."""

from collections.abc import Callable

from mobile.store.values import Answers, Saved
from mobile.views.state.sheet import Sheet
from mobile.views.state.tab import TabState


def undo_of(tab: TabState, saved: Saved) -> Callable[[], None]:
    """The way back from a save, for the notice that tells of it."""
    return lambda: take_back(tab, saved.save)


def take_back(tab: TabState, save: str) -> None:
    """Takes a save back by another one, or says why that cannot be done any more. Blocks."""
    texts, undoing = tab.texts, tab.store.known.undoing
    edits = undoing.of_save(save, lambda noted: texts("undo.noted", what=noted))
    if not edits:
        tab.say(texts("undo.too_late"))
        return
    back = tab.store.save(edits)
    tab.say(texts("undo.taken_back"), lambda: _once_more(tab, back), texts("undo.once_more"))


def offer_back(sheet: Sheet, before: Answers) -> None:
    """Keeps a form from which answers were just taken out, and offers them back. Blocks."""
    sheet.keep()
    now = sheet.draft.answers
    lost = {name: answer for name, answer in before.items() if now.get(name) != answer}
    if lost:
        sheet.tab.store.files.spare(lost)
        sheet.tab.say(sheet.tab.texts("undo.removed"), lambda: _put_back(sheet, lost))


def _once_more(tab: TabState, back: Saved) -> None:
    edits = tab.store.known.undoing.of_save(back.save)
    if edits:
        tab.store.save(edits)
    tab.say(tab.texts("undo.again" if edits else "undo.too_late"))


def _put_back(sheet: Sheet, lost: Answers) -> None:
    is_there = sheet.put_back(lost)
    sheet.tab.say(sheet.tab.texts("undo.back" if is_there else "undo.too_late"))
