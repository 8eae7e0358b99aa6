"""What nothing names is forgotten after the grace time; what a change names, never."""

from threading import Barrier, Thread

import pytest

from server.clock import new_id
from server.db.engine import writing
from server.files.collecting import DAY_MS, Collector
from server.files.opening import collector_of
from server.files.uploads import UPLOAD_MS
from server.register.file_uses import Uses
from shared.changes import Change, ChangeKind
from tests.media import pdf, photo
from tests.server.files.conftest import Hall
from tests.server.files.sending import both, ref_of, rows

WEEK_MS = 7 * DAY_MS


@pytest.fixture
def collector(hall: Hall) -> Collector:
    return collector_of(hall.town.services)


@both
def test_a_file_that_nothing_names_is_kept_for_the_grace_time(
    hall: Hall, collector: Collector
) -> None:
    hall.sending.send(pdf())
    hall.town.clock.at += WEEK_MS
    assert collector.look("east").files == 0
    hall.town.clock.at += 1

    looked, did = collector.look("east"), collector.collect("east")

    assert looked.files == did.files == 1
    assert did.bytes == len(pdf())
    assert [rows(hall.town, table) for table in ("file", "file_part")] == [0, 0]


@both
def test_a_file_that_a_change_names_is_never_collected(hall: Hall, collector: Collector) -> None:
    before, after = photo(seed=1), photo(seed=2)
    hall.sending.send(before)
    hall.sending.name(ref_of(before))
    hall.sending.name(ref_of(after))
    hall.sending.send(after)
    hall.town.clock.at += 100 * WEEK_MS

    assert collector.collect("east").files == 0

    assert hall.sending.take(ref_of(before).sha256).content == before
    assert hall.sending.take(ref_of(after).sha256).content == after


@both
def test_a_file_that_a_waiting_change_names_is_kept(hall: Hall, collector: Collector) -> None:
    hall.sending.send(pdf())
    change = hall.phone.create(new_id(), "dwelling", photo=ref_of(pdf()).answer)
    held = change.replace(b'"create"', b'"set"')
    body = hall.phone.push_of(held)
    told = hall.caller.post("/v1/push", content=body, headers=hall.phone.signed(body)).json()
    assert told["results"][0]["outcome"] == "held"
    hall.town.clock.at += 2 * WEEK_MS

    assert collector.collect("east").files == 0


@both
def test_an_expired_upload_is_forgotten_with_its_parts(hall: Hall, collector: Collector) -> None:
    where = hall.sending.begin(pdf()).headers["Location"]
    hall.sending.append(where, 0, pdf()[:9])
    hall.sending.send(photo())
    hall.sending.name(ref_of(photo()))
    hall.town.clock.at += UPLOAD_MS

    did = collector.collect("east")

    assert did.uploads == 2  # the finished one is only a note
    assert (rows(hall.town, "upload"), rows(hall.town, "file_part")) == (0, 1)
    assert hall.sending.take(ref_of(photo()).sha256).content == photo()


@both
def test_a_file_that_is_named_at_this_very_moment_is_kept(hall: Hall, collector: Collector) -> None:
    for seed in range(6):
        content = photo(seed=seed)
        hall.sending.send(content)
        hall.town.clock.at += 2 * WEEK_MS
        ready = Barrier(2)

        def name(ref: str = ref_of(content).sha256, ready: Barrier = ready) -> None:
            answer = {"sha256": ref, "size": 1, "type": "image/jpeg"}
            change = Change(
                n=1, save="s", kind=ChangeKind.SET, record=new_id(), record_kind="dwelling",
                grid="g", worker="w", at=0, units={"photo": answer},
            )  # fmt: skip
            ready.wait(10)
            with writing(hall.town.services.engine) as conn:
                Uses(conn, "east").note([change], [(b'"sha256"', None)])

        naming = Thread(target=name)
        naming.start()
        ready.wait(10)
        collector.collect("east")
        naming.join(30)

        kept = rows(hall.town, "file")
        used = rows(hall.town, "file_use")
        # Named first: kept. Collected first: gone, and the phone is asked for it by the count.
        assert used == seed + 1
        assert kept <= used
        assert collector.collect("east").files == 0


@both
def test_operators_see_the_numbers(hall: Hall) -> None:
    hall.sending.send(pdf())
    hall.sending.name(ref_of(photo()))
    hall.sending.begin(photo(seed=9))

    page = hall.caller.get("/metrics").text

    assert 'doorstep_files{town="east"} 1.0' in page
    assert f'doorstep_file_bytes{{town="east"}} {float(len(pdf()))}' in page
    assert 'doorstep_files_unused{town="east"} 1.0' in page
    assert 'doorstep_uploads_open{town="east"} 1.0' in page
    assert 'doorstep_files_missing{town="east"} 1.0' in page
