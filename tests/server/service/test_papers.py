"""Cards and boards as they come out of the printer, read back from the PDF."""

import re

from server.service.cards import serial_of
from tests.server.a_town import CODES, MINUTE
from tests.server.console.world import Browser, Desk
from tests.server.paper.reading import pages

DAY = 24 * 60 * MINUTE


def print_cards(desk: Desk, browser: Browser, count: int) -> list[str]:
    page = browser.post("/console/papers/cards", grid=desk.town.areas["g1"], count=str(count))
    assert page.response.headers["content-type"] == "application/pdf", page.text
    return pages(page.response.content)


def batch_ids(browser: Browser) -> list[str]:
    html = browser.get("/console/papers").html
    return re.findall(r"/papers/cards/([0-9a-f-]{36})\"", html)


def with_numbers(desk: Desk) -> Browser:
    """Somebody who has filled in the directory and a station; Wang works in the grid."""
    desk.town.worker("W1", "g1")
    browser = desk.signed_in("community")
    here = desk.town.areas["c1"]
    browser.post("/console/directory/new", area=here, subject="gas", number="0510-1111111")
    browser.post(
        f"/console/directory/station/{here}",
        name="一区服务站",
        address="解放路 12 号",
        hours="8:30–17:30",
    )
    return browser


def test_eight_cards_fit_a_page_and_carry_their_numbers_without_a_gap(desk: Desk) -> None:
    browser = with_numbers(desk)

    first, second = print_cards(desk, browser, 9)

    assert first.count("便民服务卡") == 8
    assert second.count("便民服务卡") == 1
    for number in range(1, 9):
        assert serial_of(CODES["g1"], number) in first
    assert serial_of(CODES["g1"], 9) in second
    for said in ("燃气报修", "0510-1111111", "一区服务站", "解放路 12 号", "工W1", "第 1 版"):
        assert said in first


def test_the_next_batch_goes_on_where_the_last_one_ended(desk: Desk) -> None:
    browser = with_numbers(desk)
    print_cards(desk, browser, 3)

    [page] = print_cards(desk, browser, 2)

    assert [n for n in range(1, 9) if serial_of(CODES["g1"], n) in page] == [4, 5]


def test_a_batch_printed_again_shows_the_numbers_of_its_day(desk: Desk) -> None:
    browser = with_numbers(desk)
    print_cards(desk, browser, 1)
    desk.town.clock.at += DAY
    browser = desk.signed_in("community")
    here = desk.town.areas["c1"]
    browser.post("/console/directory/new", area=here, subject="water", number="96988")

    [again] = pages(browser.get(f"/console/papers/cards/{batch_ids(browser)[0]}").response.content)
    [fresh] = print_cards(desk, browser, 1)

    assert "96988" not in again
    assert "第 1 版" in again
    assert "96988" in fresh
    assert "第 2 版" in fresh


def test_more_numbers_than_a_card_holds_are_said_not_dropped_in_silence(desk: Desk) -> None:
    browser = with_numbers(desk)
    here = desk.town.areas["c1"]
    for number in range(20):
        browser.post("/console/directory/new", area=here, subject="other", number=f"9600{number}")

    assert "卡上放不下 3 个号码" in browser.get("/console/papers").text


def test_no_card_of_another_community_is_printed(desk: Desk) -> None:
    browser = desk.signed_in("community")

    asked = browser.post("/console/papers/cards", grid=desk.town.areas["g3"], count="1")

    assert asked.status == 404


def test_a_board_says_who_is_there_and_when_it_must_be_printed_again(desk: Desk) -> None:
    browser = with_numbers(desk)
    grid = desk.town.areas["g1"]

    printed = browser.post(f"/console/papers/boards/{grid}")
    [board] = pages(printed.response.content)

    for said in ("公示栏", "工W1", "网格员", "一区服务站", "燃气报修", "人员调整后失效"):
        assert said in board
    assert "与现状一致" in browser.get("/console/papers").text
    desk.town.worker("W2", "g1")
    assert "已过时，请重印" in browser.get("/console/papers").text


def test_a_board_is_printed_in_the_language_of_the_one_who_prints_it(desk: Desk) -> None:
    with_numbers(desk)
    browser = desk.signed_in("community").speak("en")

    [board] = pages(
        browser.post(f"/console/papers/boards/{desk.town.areas['g1']}").response.content
    )

    assert "Who is there for you" in board
    assert "Gas" in board


def test_the_register_of_cards_tells_who_has_which_and_what_is_left(desk: Desk) -> None:
    browser = with_numbers(desk)
    print_cards(desk, browser, 3)
    phone, grid = desk.phone("W9", "g1"), desk.town.areas["g1"]
    homes = [phone.create("household", grid, {"head_name": name}, desk.now) for name in "甲乙"]
    first = serial_of(CODES["g1"], 1)
    for home, number in ((homes[0], first), (homes[1], first), (homes[1], "999999-99999")):
        given = {"household": home, "outcome": "done", "notices_given": ["service_card"]}
        phone.create("visit", grid, {**given, "card_no": number}, desk.now)

    register, papers = browser.get("/console/papers/register"), browser.get("/console/papers")

    assert register.text.count(first) == 2
    assert register.text.count("编号重复") == 2
    assert register.text.count("没有印过这个编号") == 1
    assert register.text.count("补发") == 2
    assert "区域g1 3 0 3 0" in papers.text
