"""A neighbourhood whose town works with cases, and what is noted down there."""

from mobile.store import contact
from mobile.store.shelf import rules_of
from mobile.views.state.house import House
from server.forms.builtin import work_forms
from shared.changes import Answer
from shared.forms.model import encode_form
from tests.mobile.views.neighbourhood import Neighbourhood

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
