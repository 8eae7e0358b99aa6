"""The directory of numbers: one place to change, dated, and what cards take from it."""

from server.db.engine import reading
from server.office.audit import trail
from server.service.directory import Edition, Line, edition
from tests.server.a_town import MINUTE
from tests.server.console.world import Browser, Desk, Page


def directory(desk: Desk, place: str = "g1", at: int | None = None) -> Edition:
    with reading(desk.town.services.engine) as conn:
        town = desk.town.who.town
        return edition(conn, town, desk.town.areas[place], desk.now if at is None else at)


def add(
    desk: Desk, browser: Browser, number: str, place: str = "town", subject: str = "gas"
) -> Page:
    return browser.post(
        "/console/directory/new", area=desk.town.areas[place], subject=subject, number=number
    )


def numbers(desk: Desk, place: str = "g1", at: int | None = None) -> list[str]:
    return [line.number for line in directory(desk, place, at).lines]


def only_line(desk: Desk) -> Line:
    [line] = directory(desk).lines
    return line


def test_the_nearer_number_stands_before_the_farther_and_neighbours_do_not_see_it(
    desk: Desk,
) -> None:
    browser = desk.signed_in("town")
    add(desk, browser, "0510-1111111", "town")
    add(desk, browser, "0510-2222222", "c1")
    add(desk, browser, "119", "town", "emergency")

    assert numbers(desk, "g1") == ["119", "0510-2222222", "0510-1111111"]
    assert numbers(desk, "g3") == ["119", "0510-1111111"]


def test_a_change_begins_a_new_edition_and_the_old_one_can_be_told_again(desk: Desk) -> None:
    browser = desk.signed_in("town")
    add(desk, browser, "0510-1111111")
    first, then = directory(desk), desk.now
    desk.town.clock.at += MINUTE

    page = browser.post(
        f"/console/directory/{only_line(desk).id}",
        area=desk.town.areas["town"],
        subject="gas",
        number="0510-9999999",
        name="燃气公司",
    )

    assert "已修改" in page.text
    assert "燃气公司" in page.text
    now = directory(desk)
    assert (first.number, now.number) == (1, 2)
    assert [line.number for line in now.lines] == ["0510-9999999"]
    assert numbers(desk, at=then) == ["0510-1111111"]


def test_saving_a_line_as_it_was_is_no_new_edition(desk: Desk) -> None:
    browser = desk.signed_in("town")
    add(desk, browser, "0510-1111111")
    line = only_line(desk)
    desk.town.clock.at += MINUTE

    browser.post(
        f"/console/directory/{line.id}",
        area=line.area_id,
        subject="gas",
        number=" 0510-1111111 ",
    )

    assert directory(desk).number == 1
    assert only_line(desk) == line


def test_a_number_that_was_taken_out_is_on_no_card_and_the_trail_knows_who_did_it(
    desk: Desk,
) -> None:
    browser = desk.signed_in("town")
    add(desk, browser, "0510-1111111")
    desk.town.clock.at += MINUTE

    browser.post(f"/console/directory/{only_line(desk).id}/end")

    assert numbers(desk) == []
    with reading(desk.town.services.engine) as conn:
        entries = list(trail(conn, desk.town.who.town))
    assert [e.action for e in entries].count("directory_changed") == 2


def test_what_is_no_number_is_refused_in_words(desk: Desk) -> None:
    page = add(desk, desk.signed_in("town"), "打电话问小王")

    assert "号码只能由数字、空格和短横组成" in page.text
    assert numbers(desk) == []


def test_a_community_changes_its_own_numbers_only(desk: Desk) -> None:
    town, community = desk.signed_in("town"), desk.signed_in("community")
    add(desk, town, "0510-1111111", "town")
    foreign = only_line(desk)

    shown = community.get("/console/directory")
    assert "0510-1111111" in shown.text
    assert f"/directory/{foreign.id}" not in shown.html
    assert add(desk, community, "0510-3333333", "c2").status == 404
    assert community.post(f"/console/directory/{foreign.id}/end").status == 404
    assert add(desk, community, "0510-4444444", "c1").status == 200
    assert numbers(desk, "g1") == ["0510-4444444", "0510-1111111"]
    assert numbers(desk, "g3") == ["0510-1111111"]


def test_the_national_numbers_are_offered_once(desk: Desk) -> None:
    browser = desk.signed_in("town")

    assert "放入 110、119、120、12345" in browser.get("/console/directory").text
    browser.post("/console/directory/national")
    browser.post("/console/directory/national")

    assert numbers(desk) == ["110", "119", "120", "12345"]
