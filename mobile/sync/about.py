"""What this device says of itself at each contact."""

from collections.abc import Callable, Iterator

from mobile.settings import APP
from mobile.store import contact
from mobile.store.shelf import Shelf
from mobile.store.values import Draft
from shared.wire import BEGUN_MAX, BEGUN_NAMES_MAX, Begun, Report


def about_this_device(shelf: Shelf, free_bytes: Callable[[], int]) -> Report:
    """What is unsent, what was begun, and how much room there is."""
    tally, oldest = contact.tally(shelf)
    # A step of a household's life is told without a form: no new version concerns it.
    forms = (draft for draft in shelf.drafts.values() if draft.form)
    drafts = sorted(forms, key=lambda one: -one.touched)
    return Report(
        app=APP,
        unsent=tally.unsent,
        oldest_unsent=oldest.change.at if oldest else None,
        free_bytes=free_bytes(),
        drafts=[
            Begun(draft.kind, draft.form, sorted(_answered(draft))[:BEGUN_NAMES_MAX])
            for draft in drafts[:BEGUN_MAX]
        ],
    )


def _answered(draft: Draft) -> Iterator[str]:
    """What was answered since the form was opened."""
    for name, answer in draft.answers.items():
        if answer is not None and answer != draft.opened.get(name):
            yield name
