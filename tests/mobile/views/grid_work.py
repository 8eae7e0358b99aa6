"""A neighbourhood whose town works with cases, and what is noted down there."""

from mobile.store import contact
from mobile.store.shelf import rules_of
from mobile.store.values import SentChange
from mobile.views.state.house import House
from server.forms.builtin import work_forms
from shared.changes import Answer
from shared.forms.model import encode_form
from shared.work.values import Phase
from tests.mobile.headless import Screen
from tests.mobile.views.neighbourhood import Neighbourhood
from tests.mobile.views.worker import store_of

FORMS = work_forms()


def switch_on(near: Neighbourhood, **records: tuple[str, dict[str, Answer]]) -> House:
    """The town's forms, and records of grid work that the office knows of, by id."""
    near.device.unlock(near.account.id, near.secret)
    store = near.device.store
    for kind, form in FORMS.items():
        contact.take_form(store.shelf, kind, form.version, encode_form(form))
        near.office.rules[kind] = rules_of(form)
    store.refill()
    for record, (kind, units) in records.items():
        near.office.write(record, dict(units), kind=kind)
    near.office.bring(store)
    near.device.lock()
    return House(near.device, near.clock)


def sent(screen: Screen, kind: str) -> list[SentChange]:
    return [one for one in store_of(screen).outbox() if one.record_kind == kind]


async def closed(screen: Screen, identifier: str) -> None:
    """The screen on which that is has gone."""
    await screen.until(lambda: screen.find(identifier) is None)


def phase(screen: Screen, case: str) -> Phase:
    filed = store_of(screen).known.work.case(case, screen.tab.house.clock.now())
    assert filed is not None
    return filed.standing.phase
