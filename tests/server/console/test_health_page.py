"""The health page and /metrics say the same: what comes in, what is unsent, what waits."""

import re

from server.db.engine import reading
from server.review.measures import Latency, latency, measures
from shared.wire import Report
from tests.server.a_town import MINUTE
from tests.server.console.world import Desk
from tests.server.statements import asked

DAY = 24 * 60 * MINUTE


def numbers(desk: Desk) -> dict[str, float]:
    """What /metrics says, by name and labels."""
    page = desk.browser().get("/metrics").response.text
    lines = (line.rsplit(" ", 1) for line in page.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, value in lines}


def test_page_and_metrics_say_the_same_of_what_comes_in_and_waits(desk: Desk) -> None:
    _, _, phone = desk.contested()
    desk.town.clock.at += 2 * DAY
    desk.register.contact(phone.device, None, Report(unsent=3, oldest_unsent=desk.now - 9 * DAY))
    with reading(desk.town.services.engine) as conn:
        changes = conn.exec_driver_sql("SELECT count(*) FROM journal").scalar_one()

    page = desk.signed_in("auditor").get("/console/health").text
    told = numbers(desk)

    share = told['doorstep_conflict_share{town="east"}']
    assert share == 1 / changes
    assert f"{changes} 7 天内收到的修改" in page
    assert f"{share * 100:.1f} %" in page
    assert "1 有未上传内容的手机" in page
    assert "9 天前 最早的未上传内容" in page
    assert told['doorstep_devices_unsent{town="east"}'] == 1
    said = told['doorstep_oldest_unsent_seconds{town="east"}']
    assert said == 9 * DAY / 1000
    assert told['doorstep_waiting{kind="conflict",town="east"}'] == 1
    assert told['doorstep_waiting{kind="duplicate",town="east"}'] == 0
    assert told['doorstep_waiting_oldest_seconds{kind="conflict",town="east"}'] == 2 * DAY / 1000
    assert not re.search("张|林|王", str(told))


def test_only_the_changes_of_the_last_days_count(desk: Desk) -> None:
    desk.contested()
    desk.town.clock.at += 8 * DAY
    desk.household(desk.phone("W7", "g1"), head_name="迟到")

    with reading(desk.town.services.engine) as conn:
        found = measures(conn, "east", desk.now)
        later = measures(conn, "east", desk.now + 8 * DAY)

    assert (found.changes, found.conflicts) == (3, 0)  # a home, its head and its door
    assert (later.changes, later.conflict_share) == (0, 0.0)


def test_how_long_requests_took_is_read_from_the_histogram(desk: Desk) -> None:
    desk.browser().get("/v1/snapshot")
    told = numbers(desk)
    counted = told['doorstep_request_seconds_count{route="/v1/snapshot"}']

    assert counted == 1
    assert desk.app.state.api.metrics.latency("/v1/snapshot").count == 1
    assert desk.app.state.api.metrics.latency("/v1/push") == Latency(0, None, None)
    assert latency([(0.1, 50), (1.0, 94), (10.0, 100)]) == Latency(100, 0.1, 10.0)
    assert latency([(0.1, 49), (1.0, 95), (10.0, 100)]) == Latency(100, 1.0, 1.0)


def test_who_scrapes_often_asks_the_database_once_in_thirty_seconds(desk: Desk) -> None:
    waiting = 'doorstep_waiting{kind="conflict",town="east"}'
    before = numbers(desk)
    desk.contested()
    with asked(desk.town.services.engine) as questions:
        soon = numbers(desk)
    desk.town.clock.at += 30_000

    later = numbers(desk)

    read_at = "doorstep_read_timestamp_seconds"
    assert questions == []
    assert (before[waiting], soon[waiting], later[waiting]) == (0, 0, 1)
    assert soon[read_at] == before[read_at]
    assert later[read_at] == desk.now / 1000


def test_a_clock_that_was_put_back_does_not_keep_old_numbers(desk: Desk) -> None:
    numbers(desk)
    desk.contested()
    desk.town.clock.at -= DAY

    assert numbers(desk)['doorstep_waiting{kind="conflict",town="east"}'] == 1
