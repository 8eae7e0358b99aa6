"""A phone that was away for very long sends its work, then starts over, and loses nothing."""

from mobile.store import contact
from server.db.engine import writing
from server.register.edits import Edit as OfficeEdit
from server.register.forgetting import DAY_MS, Forgotten, Keeping
from shared.changes import ChangeKind
from tests.mobile.field import Field, Phone, differences, synced
from tests.mobile.kit import change_of, create, shown

KEEPING = Keeping(90, 365)


def delete(field: Field, record: str) -> None:
    known = field.record(record)
    assert known is not None
    edit = OfficeEdit(
        kind=ChangeKind.DELETE,
        record=record,
        record_kind="household",
        grid=known.grid,
        base=known.version,
    )
    field.town.services.register.commit(field.admin, [edit])


def days_later(field: Field, days: int, *phones: Phone) -> None:
    field.town.clock.at += days * DAY_MS
    for phone in phones:
        phone.clock.tick(days * DAY_MS)


def forget(field: Field) -> Forgotten:
    with writing(field.town.services.engine) as conn:
        # What the API notes of contacts is written every few seconds.
        conn.exec_driver_sql(
            "UPDATE device SET last_contact = 0 WHERE kind = 'phone' AND last_contact IS NULL"
        )
    return field.town.services.register.forget(field.town.who.town, KEEPING)


def test_a_phone_away_too_long_loses_nothing_of_its_work(field: Field) -> None:
    away, other = field.phone("W1"), field.phone("W2")
    dead, alive, mine = (away.clock.new_id() for _ in range(3))
    field.write(dead, head_name="已销")
    field.write(alive, head_name="李芳")
    synced(away)
    away.store.save([create("household", mine, head_name="走访时新登")])
    away.store.save([change_of(away.store, "household", alive, phone="13900010001")])
    away.store.save([change_of(away.store, "household", dead, phone="13900010002")])
    delete(field, dead)
    days_later(field, 500, away, other)
    synced(other)
    field.write(alive, needs="轮椅坡道")
    assert forget(field).tombstones == 1
    before = contact.cursor(away.store.shelf)

    report = synced(away)

    assert report.sent == 3
    assert contact.cursor(away.store.shelf) != before
    assert shown(away.store, alive)["phone"] == "13900010001"
    assert shown(away.store, alive)["needs"] == "轮椅坡道"
    assert field.record(mine) is not None
    revived = field.record(dead)
    assert revived is not None
    assert not revived.deleted  # an edit that the deletion had not seen keeps it alive
    assert differences(away, field) == []


def test_the_outbox_goes_out_before_the_new_snapshot_comes(field: Field) -> None:
    away = field.phone("W1")
    record = away.clock.new_id()
    field.write(record, head_name="李芳")
    synced(away)
    away.store.save([change_of(away.store, "household", record, phone="13900010001")])
    days_later(field, 500, away)
    field.write(record, needs="轮椅坡道")
    days_later(field, 100, away)
    forget(field)
    away.line.asked.clear()

    synced(away)

    asked = [path for path in away.line.asked if "sums" not in path]
    assert asked.index("POST /v1/push") < asked.index("GET /v1/snapshot")
    assert differences(away, field) == []


def test_a_phone_in_use_drops_what_the_office_forgot(field: Field) -> None:
    phone = field.phone()
    dead, alive = phone.clock.new_id(), phone.clock.new_id()
    field.write(dead, head_name="已销")
    field.write(alive, head_name="李芳")
    delete(field, dead)
    synced(phone)
    days_later(field, 100, phone)
    field.write(alive, needs="轮椅坡道")
    synced(phone)
    phone.line.asked.clear()

    done = forget(field)
    synced(phone)

    assert done.tombstones == 1
    assert phone.line.asked == ["POST /v1/pull"]  # nothing had to be mended
    with phone.store.shelf.database.reading() as conn:
        assert phone.store.shelf.shadow.get(conn, dead) is None
        assert phone.store.shelf.shadow.get(conn, alive) is not None
