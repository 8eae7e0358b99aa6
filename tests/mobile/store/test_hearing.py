"""A change that was not taken comes back from the office with its words."""

from pathlib import Path

import msgspec
import pytest

from mobile.store import contact, inbound
from mobile.store.store import Store
from shared.wire import Problem, Result, Words
from tests.mobile.kit import Office, change_of, new_store, shown, tell

REFUSED = Result(1, "rejected", problem=Problem("out_of_area", Words("不在网格内。", "Outside.")))
RETURNED = Result(
    1, "rejected", problem=Problem("returned", Words("办公室退回：请补门牌", "Add the plate"))
)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return new_store(tmp_path)


@pytest.fixture
def office(store: Store) -> Office:
    """The worker's first change was refused, and she has read why."""
    office = Office()
    office.write("h", {"head_name": "李芳"})
    office.bring(store)
    store.save([change_of(store, "household", "h", phone="13900010001")])
    tell(store, [REFUSED])
    [trouble] = store.trouble()
    store.set_aside(trouble.place)
    return office


def bring(store: Store, office: Office, *answers: Result) -> None:
    page = msgspec.structs.replace(office.page(0), answers=list(answers))
    taken = inbound.take_page(store.shelf, page, contact.cursor(store.shelf))
    store.refresh(taken.records, by_sync=True)


def test_what_the_office_sends_back_is_shown_again_with_its_words(
    store: Store, office: Office
) -> None:
    assert store.trouble() == ()

    bring(store, office, RETURNED)

    [trouble] = store.trouble()
    assert trouble.reason is not None
    assert "请补门牌" in trouble.reason.zh
    assert trouble.units == {"phone": "13900010001"}


def test_the_same_words_are_not_shown_twice(store: Store, office: Office) -> None:
    bring(store, office, RETURNED)
    store.set_aside(store.trouble()[0].place)

    bring(store, office, RETURNED)

    assert store.trouble() == ()


def test_what_was_let_in_after_all_is_no_trouble_any_more(store: Store, office: Office) -> None:
    office.write("h", {"phone": "13900010001"})

    bring(store, office, Result(1, "applied", seq=office.seq))

    assert store.trouble() == ()
    assert shown(store, "h")["phone"] == "13900010001"
    assert store.counts().refused == 0


def test_an_answer_about_what_is_not_kept_here_is_no_trouble(store: Store, office: Office) -> None:
    bring(store, office, msgspec.structs.replace(RETURNED, n=77))

    assert store.trouble() == ()
