"""Work cards: anybody may see whether one holds today, and learns nothing else."""

import re

import zxingcpp
from pypdfium2 import PdfDocument
from sqlalchemy import select
from sqlmodel import col

from server.db.engine import reading
from server.db.service_tables import WorkCardRow
from server.office.assignments import assign, dismiss_worker
from tests.server.a_town import MINUTE
from tests.server.console.world import ORIGIN, Desk, Page
from tests.server.paper.reading import pages

DAY = 24 * 60 * MINUTE
UNTIL = "2026-12-31"
PAPERS = "/console/papers"


def print_card(desk: Desk, worker: str, until: str = UNTIL) -> Page:
    return desk.signed_in("community").post(
        "/console/papers/work-cards", {"worker": [worker], "until": until}
    )


def codes(desk: Desk, worker: str) -> list[str]:
    """The codes of a worker's cards, the first first."""
    with reading(desk.town.services.engine) as conn:
        rows = conn.execute(
            select(col(WorkCardRow.code))
            .where(
                col(WorkCardRow.town_id) == desk.town.who.town,
                col(WorkCardRow.worker_id) == worker,
            )
            .order_by(col(WorkCardRow.printed_at))
        )
        return [row.code for row in rows]


def scanned(desk: Desk, code: str) -> Page:
    return desk.browser().get(f"/w/{code}")


def links(printed: Page) -> set[str]:
    """The codes on the cards of a sheet."""
    sheets = PdfDocument(printed.response.content)
    found = [
        code.text
        for sheet in sheets
        for code in zxingcpp.read_barcodes(sheet.render(scale=4).to_pil())
    ]
    return {link.rpartition("/")[2] for link in found}


def test_whoever_scans_a_card_sees_who_it_is_and_that_it_holds_today(desk: Desk) -> None:
    worker = desk.town.worker("W1", "g1")

    printed = print_card(desk, worker)
    [face] = pages(printed.response.content)
    page = scanned(desk, codes(desk, worker)[0])

    assert "工W1" in face
    assert "有效期至 2027年1月1日" not in face
    assert "2026年12月31日" in face
    for said in ("今天有效", "Valid today", "工W1", "区域g1", "2026-12-31"):
        assert said in page.text
    assert page.response.headers["cache-control"] == "no-store"


def test_a_new_card_ends_the_old_one(desk: Desk) -> None:
    worker = desk.town.worker("W1", "g1")
    print_card(desk, worker)
    desk.town.clock.at += MINUTE
    print_card(desk, worker)

    old, new = codes(desk, worker)

    assert "此证无效" in scanned(desk, old).text
    assert "今天有效" in scanned(desk, new).text


def test_a_sheet_is_loaded_again_without_a_new_card(desk: Desk) -> None:
    workers = [desk.town.worker(staff, "g1") for staff in ("W1", "W2")]
    office = desk.signed_in("community")
    printed = office.post("/console/papers/work-cards", {"worker": workers, "until": UNTIL})
    before = [codes(desk, worker) for worker in workers]

    again = office.get(printed.url)
    alone = office.get(f"{printed.url}?worker={workers[1]}")

    assert printed.response.history[0].status_code == 303
    assert [codes(desk, worker) for worker in workers] == before
    assert [links(sheet) for sheet in (printed, again, alone)] == [
        {code for [code] in before}, {code for [code] in before}, set(before[1]),
    ]  # fmt: skip
    assert "今天有效" in scanned(desk, before[0][0]).text
    assert f"{printed.url.removeprefix(ORIGIN)}?worker={workers[0]}" in office.get(PAPERS).html


def test_a_card_that_has_ended_is_not_printed_again(desk: Desk) -> None:
    workers = [desk.town.worker(staff, "g1") for staff in ("W1", "W2")]
    office = desk.signed_in("community")
    first = office.post("/console/papers/work-cards", {"worker": workers, "until": UNTIL}).url
    desk.town.clock.at += MINUTE
    print_card(desk, workers[0])

    [left] = links(office.get(first))
    office.post(f"/console/papers/work-cards/{workers[1]}/end")
    nothing = office.get(first)

    assert left == codes(desk, workers[1])[0]
    assert "这些工作证已失效，不能重印" in nothing.text


def test_a_card_printed_again_says_where_its_holder_has_a_duty_today(desk: Desk) -> None:
    worker = desk.town.worker("W1", "g1")
    sheet = print_card(desk, worker).url
    desk.town.clock.at += MINUTE
    with desk.town.act() as act:
        assign(act, worker, desk.town.areas["g2"])

    [face] = pages(desk.signed_in("community").get(sheet).response.content)

    assert "区域g1" in face
    assert "区域g2" in face


def test_no_sheet_is_opened_by_somebody_of_another_community(desk: Desk) -> None:
    town = desk.signed_in("town")
    workers = [desk.town.worker(staff, grid) for staff, grid in (("W1", "g1"), ("W3", "g3"))]
    both = town.post("/console/papers/work-cards", {"worker": workers, "until": UNTIL}).url
    other = town.post("/console/papers/work-cards", {"worker": workers[1:], "until": UNTIL}).url

    mine = desk.signed_in("community").get(both)

    assert links(mine) == set(codes(desk, workers[0]))
    assert desk.signed_in("community").get(other).status == 404
    assert desk.signed_in("leader").get(other).status == 403


def test_the_card_of_somebody_who_left_does_not_hold_and_says_no_place(desk: Desk) -> None:
    worker = desk.town.worker("W1", "g1")
    print_card(desk, worker)
    with desk.town.act() as act:
        dismiss_worker(act, worker)

    page = scanned(desk, codes(desk, worker)[0])

    assert "此证无效" in page.text
    assert "区域g1" not in page.text
    assert "12345" in page.text


def test_a_card_holds_to_the_end_of_its_last_day_and_no_longer(desk: Desk) -> None:
    worker = desk.town.worker("W1", "g1")
    print_card(desk, worker, until="2026-09-30")
    [code] = codes(desk, worker)
    with reading(desk.town.services.engine) as conn:
        ends = conn.execute(
            select(col(WorkCardRow.until)).where(col(WorkCardRow.town_id) == desk.town.who.town)
        ).scalar_one()

    desk.town.clock.at = ends - 1
    assert "今天有效" in scanned(desk, code).text
    desk.town.clock.at = ends
    assert "此证无效" in scanned(desk, code).text


def test_a_card_that_was_called_back_does_not_hold(desk: Desk) -> None:
    worker = desk.town.worker("W1", "g1")
    print_card(desk, worker)

    office = desk.signed_in("community")
    assert "收回工作证" in office.get("/console/papers").text

    office.post(f"/console/papers/work-cards/{worker}/end")

    assert "收回工作证" not in office.get("/console/papers").text
    assert "此证无效" in scanned(desk, codes(desk, worker)[0]).text


def test_a_code_that_nobody_has_says_so_and_guessing_is_slowed(desk: Desk) -> None:
    browser = desk.browser()

    first = browser.get("/w/AAAAAAAAAAAAAAAAAAAAAAAA")
    answers = [browser.get(f"/w/{n:024}").status for n in range(30)]

    assert first.status == 404
    assert "没有这张工作证" in first.text
    assert 429 in answers
    assert re.search(r"Too many tries", browser.get("/w/A").text)


def test_a_card_of_a_day_that_is_none_or_too_far_is_refused_in_words(desk: Desk) -> None:
    worker = desk.town.worker("W1", "g1")

    for day in ("", "2026-02-30", "2020-01-01", "2030-01-01"):
        assert "有效期应在今天之后的一年之内" in print_card(desk, worker, until=day).text
    assert codes(desk, worker) == []


def test_no_card_is_issued_to_somebody_without_a_duty(desk: Desk) -> None:
    worker = desk.town.worker("W1")

    refused = desk.signed_in("town").post(
        "/console/papers/work-cards", {"worker": [worker], "until": UNTIL}
    )

    assert "工W1目前没有负责的网格" in refused.text
    assert codes(desk, worker) == []


def test_no_card_is_printed_for_somebody_of_another_community(desk: Desk) -> None:
    worker = desk.town.worker("W1", "g3")

    assert print_card(desk, worker).status == 404
    assert codes(desk, worker) == []


def test_the_code_on_a_card_leads_to_the_server_whatever_address_it_was_printed_at(
    desk: Desk,
) -> None:
    worker = desk.town.worker("W1", "g1")
    browser = desk.browser(origin="http://elsewhere.test")
    browser.sign_in("community")

    printed = browser.post(
        "/console/papers/work-cards", {"worker": [worker], "until": UNTIL}
    ).response.content

    [found] = zxingcpp.read_barcodes(PdfDocument(printed)[0].render(scale=4).to_pil())
    assert found.text == f"{desk.town.services.settings.url}/w/{codes(desk, worker)[0]}"
