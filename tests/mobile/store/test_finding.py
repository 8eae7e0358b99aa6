"""A household is found by whatever a worker knows of it, and its card says what matters."""

from pathlib import Path

import msgspec
import pytest

from mobile.store.cards import HouseholdFilter
from mobile.store.store import Store
from mobile.store.values import Changed
from shared.changes import Answer
from tests.mobile.kit import OTHER, Office, change_of, create, new_store, reopened


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return new_store(tmp_path)


def dwelling(store: Store, plate: str, **more: Answer) -> str:
    record = store.shelf.clock.new_id()
    store.save([create("dwelling", record, plate=plate, **more)])
    return record


def household(store: Store, name: str, **more: Answer) -> str:
    record = store.shelf.clock.new_id()
    store.save([create("household", record, head_name=name, **more)])
    return record


def visit(store: Store, home: str, started: str, outcome: str) -> str:
    record = store.shelf.clock.new_id()
    store.save([create("visit", record, household=home, started=started, outcome=outcome)])
    return record


def found(store: Store, query: str) -> list[str]:
    return [card.head_name for card in store.search(query).cards]


@pytest.mark.parametrize(
    "query",
    [
        "单雄信",
        "shan",
        "sxx",
        "雄信",
        "4477",
        "13900014477",
        "3-1-201",
        "201",
        "朝阳里",
        "王小明",
        "wxm",
    ],
)
def test_a_household_is_found_by(store: Store, query: str) -> None:
    home = dwelling(store, "朝阳里", code="3-1-02-201")
    record = household(store, "单雄信", phone="13900014477", dwelling=home)
    household(store, "赵刚", phone="13900010000")
    store.save(
        [
            create(
                "resident",
                store.shelf.clock.new_id(),
                household=record,
                name="王小明",
                status="living_here",
            )
        ]
    )

    assert found(store, query) == ["单雄信"]


def test_a_change_is_found_at_once_by_the_new_words_and_not_by_the_old(store: Store) -> None:
    record = household(store, "李芳")
    found(store, "lf")

    store.save([change_of(store, "household", record, head_name="周敏")])

    assert (found(store, "lf"), found(store, "zm")) == ([], ["周敏"])


def test_a_moved_in_dwelling_changes_every_card_in_it(store: Store) -> None:
    home = dwelling(store, "朝阳里3号")
    household(store, "李芳", dwelling=home)
    found(store, "3")

    store.save([change_of(store, "dwelling", home, plate="幸福路9号")])

    (card,) = store.search("幸福路").cards
    assert card.place == "幸福路9号"
    assert store.dwelling(home) is not None


def test_households_stand_from_door_to_door(store: Store) -> None:
    for plate in ("10号", "9号", "101号", "9号2室"):
        household(store, plate, dwelling=dwelling(store, plate))

    assert found(store, "") == ["9号", "9号2室", "10号", "101号"]


def test_pages_of_a_list_tell_the_whole(store: Store) -> None:
    for n in range(7):
        household(store, f"户{n}")

    page = store.search("", offset=5, limit=5)

    assert (len(page.cards), page.total) == (2, 7)


def test_a_card_tells_of_members_visits_and_marks(store: Store) -> None:
    record = household(store, "李芳", people_count=3, phone="13900014477", marks=["floating"])
    for name, status in (("李芳", "living_here"), ("李大", "moved")):
        store.save(
            [
                create(
                    "resident",
                    store.shelf.clock.new_id(),
                    household=record,
                    name=name,
                    status=status,
                )
            ]
        )
    for day, outcome in (("01", "done"), ("02", "nobody_home"), ("03", "nobody_home")):
        visit(store, record, f"2026-09-{day}T10:00:00+08:00", outcome)

    card = store.household(record)

    assert card is not None
    assert (card.people_count, card.phone_ending, card.members) == (3, "4477", ("李芳",))
    assert (card.visits, card.nobody_home, card.last_outcome) == (3, 2, "nobody_home")
    assert (card.marks, card.unsent) == (("floating",), True)
    assert [v.started[8:10] for v in store.visits(record)] == ["03", "02", "01"]
    assert [member.name for member in store.members(record)] == ["李芳", "李大"]


@pytest.mark.parametrize(
    ("narrow", "names"),
    [
        (HouseholdFilter(never_visited=True), ["未访"]),
        (HouseholdFilter(nobody_home=True), ["无人"]),
        (HouseholdFilter(refused=True), ["拒访"]),
        (HouseholdFilter(vacant=True), []),
        (HouseholdFilter(incomplete=True), ["拒访", "无人", "未访"]),
        (HouseholdFilter(unsent=True), ["拒访", "无人", "未访"]),
        (HouseholdFilter(conflict=True), []),
    ],
)
def test_a_list_can_be_narrowed(store: Store, narrow: HouseholdFilter, names: list[str]) -> None:
    household(store, "未访")
    nobody = household(store, "无人")
    visit(store, nobody, "2026-09-01T10:00:00+08:00", "nobody_home")
    visit(store, nobody, "2026-09-02T10:00:00+08:00", "nobody_home")
    visit(store, household(store, "拒访"), "2026-09-01T10:00:00+08:00", "refused")

    assert sorted(card.head_name for card in store.search("", narrow).cards) == sorted(names)


def test_numbers_for_today(store: Store) -> None:
    record = household(store, "李芳")
    household(store, "王强")
    visit(store, record, "2026-09-01T10:00:00+08:00", "done")
    store.keep(store.begin("household", record).answered("needs", "x"))

    counts = store.counts()

    assert (counts.households, counts.never_visited, counts.unsent, counts.drafts) == (2, 1, 3, 1)


def test_a_likely_same_household_is_named_with_why(store: Store) -> None:
    home = dwelling(store, "朝阳里3号", code="3-1-02-201")
    record = household(store, "李芳", phone="13900014477", dwelling=home)
    household(store, "赵刚")

    likely = store.possible_duplicates("household", {"head_name": "李方", "phone": "139 0001 4477"})
    itself = store.possible_duplicates("household", {"head_name": "李芳"}, leave_out=record)

    assert [(d.record, d.household) for d in likely] == [(record, record)]
    assert {reason.code for reason in likely[0].reasons} == {"same_sound", "same_phone"}
    assert all(reason.words.zh and reason.words.en for reason in likely[0].reasons)
    assert itself == ()


def test_a_likely_same_person_is_named_also_by_the_id_number(store: Store) -> None:
    record = household(store, "李芳")
    person = store.shelf.clock.new_id()
    store.save([
        create("resident", person, household=record, name="李小芳", birth_date="1990-02-03",
               id_number="11010519491231002X")
    ])  # fmt: skip

    by_name = store.possible_duplicates("resident", {"name": "李小芳", "birth_date": "1990-02-03"})
    by_number = store.possible_duplicates(
        "resident", {"name": "另一人", "id_number": "11010519491231002X"}
    )

    assert [(d.record, d.household) for d in by_name] == [(person, record)]
    assert [reason.code for d in by_number for reason in d.reasons] == ["same_id_number"]


def test_a_duplicate_registered_just_now_is_noticed(store: Store) -> None:
    store.possible_duplicates("household", {"head_name": "李芳", "phone": "13900014477"})
    household(store, "李芳", phone="13900014477")

    assert store.possible_duplicates("household", {"head_name": "李芳", "phone": "13900014477"})


def test_every_value_says_where_it_came_from(store: Store) -> None:
    office, record = Office(), store.shelf.clock.new_id()
    office.write(record, {"head_name": "李芳", "phone": "13900010001"})
    office.bring(store)
    seen_at = visit(store, record, "2026-09-01T10:00:00+08:00", "done")
    edit = change_of(store, "household", record, phone="13900010002")

    store.save([msgspec.structs.replace(edit, visit=seen_at)])
    view = store.record(record)

    assert view is not None
    (phone,) = view.units["phone"].values
    (name,) = view.units["head_name"].values
    assert (phone.mine, phone.pending, phone.worker_name) == (True, True, "王芳")
    assert (name.mine, name.pending, name.worker, name.worker_name) == (False, False, OTHER, "李强")
    assert (view.unsent, view.version) == (1, 1)


def test_records_are_labelled_in_one_line(store: Store) -> None:
    home = dwelling(store, "朝阳里3号", room="201")
    record = household(store, "李芳", dwelling=home)

    assert store.label(home) == "朝阳里3号 201"
    assert store.label(record) == "李芳 · 朝阳里3号 201"
    assert store.label("nowhere") == ""
    assert [card.households for card in store.dwellings("朝阳")] == [1]


def test_whoever_listens_hears_of_every_save(store: Store) -> None:
    heard: list[Changed] = []
    stop = store.subscribe(heard.append)
    record = household(store, "李芳")
    stop()
    household(store, "王强")

    assert [(changed.records, changed.by_sync) for changed in heard] == [
        (frozenset({record}), False)
    ]


def test_the_index_is_the_same_after_unlocking_again(tmp_path: Path, store: Store) -> None:
    home = dwelling(store, "朝阳里3号")
    record = household(store, "李芳", dwelling=home, phone="13900014477")
    visit(store, record, "2026-09-01T10:00:00+08:00", "refused")
    before = (store.search("").cards, store.members(record), store.visits(record), store.counts())

    store = reopened(store, tmp_path)

    assert before == (
        store.search("").cards, store.members(record), store.visits(record), store.counts(),
    )  # fmt: skip


def test_a_dwelling_that_may_be_there_already_is_told_with_why(store: Store) -> None:
    known = store.shelf.clock.new_id()
    units = {"code": "3-1-02-201", "plate": "梧桐路18号3栋1单元201室", "room": "201"}
    store.save([create("dwelling", known, **units)])

    by_code = store.possible_duplicates("dwelling", {"code": "3-1-2-201"})
    by_door = store.possible_duplicates("dwelling", {"plate": "梧桐路18号三幢1单元201"})
    next_door = {"code": "3-1-02-202", "plate": "梧桐路18号3栋1单元", "room": "202"}

    assert [(one.record, one.likeness) for one in by_code] == [(known, 1.0)]
    assert [(one.record, one.reasons[0].code) for one in by_door] == [(known, "same_door")]
    assert store.possible_duplicates("dwelling", next_door) == ()
    assert store.possible_duplicates("dwelling", units, leave_out=known) == ()
