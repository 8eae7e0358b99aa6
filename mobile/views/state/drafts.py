"""Forms that were begun: one line for those that will be saved together."""

from enum import Enum, auto

from msgspec import Struct

from mobile.store.own import is_own
from mobile.store.store import Store
from mobile.store.values import Draft
from shared.work.reading import FACTS


class BegunKind(Enum):
    """What was begun."""

    VISIT = auto()
    REGISTER = auto()
    """A new household with its residents."""
    EDIT = auto()
    MEMBER = auto()
    """A new resident of a household that is there already."""
    WORK = auto()
    """A case, a step, a diary entry ..."""
    ASKED = auto()
    """An answer to the office."""
    OWN = auto()
    """A table of the town's own making."""
    LIFE = auto()
    """A step in the life of a household."""


ASKED_AT = "/asked/"
LIFE, LIFE_AT = "life", "/life/"


class Begun(Struct, frozen=True):
    """Work to go on with."""

    kind: BegunKind
    label: str
    """The household or person in one line; "" when nothing of it was typed yet."""
    route: str
    touched: int
    """When it was last touched, ms."""
    drafts: tuple[Draft, ...]


def begun(store: Store) -> tuple[Begun, ...]:
    """What can be gone on with, the last touched first."""
    together: dict[str, list[Draft]] = {}
    for draft in store.drafts():
        together.setdefault(draft.group or draft.id, []).append(draft)
    work = [_begun(store, tuple(drafts)) for drafts in together.values()]
    return tuple(sorted(work, key=lambda one: -one.touched))


def main_draft(drafts: tuple[Draft, ...]) -> Draft:
    """The draft that the others of its group belong to, such as a visit; or the only."""
    for kind in ("question", "visit", "household"):
        for draft in drafts:
            if draft.kind == kind and (draft.new or kind != "household"):
                return draft
    return drafts[0]


def household_of(draft: Draft) -> str:
    """The household that the draft is about."""
    if draft.kind == "household":
        return draft.record
    return str(draft.answers.get("household") or draft.opened.get("household") or "")


def asked_group(household: str, question: str) -> str:
    """Names the forms that answer a question of the office, and where they are filled in."""
    return f"{household}{ASKED_AT}{question}"


def form_route(draft: Draft, household: str) -> str:
    """Where the form of a household or resident is filled in: by itself, or during its visit."""
    at = f"/households/{household}"
    if draft.visit is not None and draft.group:
        return f"{at}/visit/{draft.group}/form/{draft.id}"
    return f"{at}/form/{draft.id}"


def route_of(main: Draft) -> str:
    """Where a form is gone on with, by itself or with those that belong to it."""
    return _route(_kind(main), main)


def _begun(store: Store, drafts: tuple[Draft, ...]) -> Begun:
    main = main_draft(drafts)
    kind = _kind(main)
    return Begun(
        kind=kind,
        label=_label(store, main),
        route=_route(kind, main),
        touched=max(draft.touched for draft in drafts),
        drafts=drafts,
    )


def _kind(main: Draft) -> BegunKind:
    if main.kind == LIFE:
        return BegunKind.LIFE
    if ASKED_AT in main.group:
        return BegunKind.ASKED
    if main.kind in FACTS:
        return BegunKind.WORK
    if main.kind == "visit" or is_own(main.kind):
        return BegunKind.VISIT if main.kind == "visit" else BegunKind.OWN
    if not main.new:
        return BegunKind.EDIT
    return BegunKind.MEMBER if main.kind == "resident" else BegunKind.REGISTER


def _label(store: Store, main: Draft) -> str:
    if main.kind == "household":
        name = main.answers.get("head_name")
        return name if isinstance(name, str) else store.label(main.record)
    if main.kind == "resident" and isinstance(main.answers.get("name"), str):
        return str(main.answers["name"])
    if main.kind in FACTS and isinstance(main.answers.get("text"), str):
        return str(main.answers["text"])
    if is_own(main.kind):
        form = store.form(main.kind, main.form)
        return next(iter(form.title.values()), "") if form else ""
    return store.label(household_of(main))


def _route(kind: BegunKind, main: Draft) -> str:
    if kind is BegunKind.REGISTER:
        return f"/households/register/{main.group or main.id}"
    if kind is BegunKind.VISIT:
        return f"/households/{household_of(main)}/visit/{main.id}"
    if kind in (BegunKind.ASKED, BegunKind.LIFE):
        return f"/households/{main.group}"
    if kind is BegunKind.WORK:
        return f"/tasks/form/{main.id}"
    if kind is BegunKind.OWN:
        return f"/own/{main.kind}/form/{main.id}"
    return form_route(main, household_of(main))
