"""A period summary: each number is what is behind it, and is found again in the register itself."""

import csv
import re
from io import BytesIO, StringIO

import pytest
from docx import Document
from sqlalchemy import text

from server.clock import new_id
from server.db.engine import reading
from tests.server.console.world import Browser, Desk
from tests.server.paper.reading import pages
from tests.server.summary.a_week import DAY, HOUR, Week


@pytest.fixture
def week(desk: Desk) -> Week:
    return Week(desk)


def numbers(week: Week, browser: Browser) -> dict[str, int]:
    """The figures as the CSV has them."""
    content = browser.get(week.page("/document/csv")).response.content
    lines = csv.DictReader(StringIO(content.decode("utf-8-sig")))
    return {line["key"]: int(line["number"]) for line in lines}


def test_visits_are_counted_as_they_stand_and_each_number_opens_its_list(week: Week) -> None:
    browser = week.desk.signed_in("leader")
    week.visit("done", notices_given=["service_card", "privacy_notice"], card_no="001001-00007")
    wrong = week.visit("refused", ago=2 * HOUR)
    week.visit("nobody_home", ago=2 * HOUR, corrects=wrong)
    week.visit("done", ago=30 * DAY)

    found = numbers(week, browser)

    assert found["visits"] == 2
    assert (found["visits_done"], found["visits_nobody"], found["visits_refused"]) == (1, 1, 0)
    assert (found["households_visited"], found["cards_given"], found["notices"]) == (1, 1, 1)
    behind = browser.get(week.page("/behind/visits"))
    assert behind.html.count("/visits/detail?pk=") == 2
    assert wrong not in behind.html


def test_cases_are_counted_where_they_were_settled_and_how_long_it_took(week: Week) -> None:
    browser = week.desk.signed_in("leader")
    spot = week.case("hazard", must_report="hazard")
    week.step(spot, "accept")
    week.step(spot, "close", on_spot="yes")
    week.case("dispute", ago=2 * DAY)
    week.case("livelihood", ago=300 * DAY)

    found = numbers(week, browser)

    assert (found["hazards_found"], found["hazards_settled"], found["must_hazard"]) == (1, 1, 1)
    assert (found["disputes_found"], found["disputes_settled"]) == (1, 0)
    assert (found["livelihood_found"], found["cases_found"]) == (0, 2)
    assert (found["cases_settled"], found["cases_on_spot"], found["settled_grid"]) == (1, 1, 1)
    assert (found["cases_open"], found["cases_overdue"]) == (2, 1)
    behind = browser.get(week.page("/behind/hazards_found"))
    assert f"/casework/cases/{spot}" in behind.html
    assert "安全隐患" in behind.text


def test_the_figures_are_those_of_the_journal_itself(week: Week) -> None:
    browser = week.desk.signed_in("leader")
    for outcome in ("done", "done", "refused", "partly_done"):
        week.visit(outcome)
    for kind in ("diary", "patrol", "patrol"):
        week.phone.create(kind, week.grid, {"text": "x"}, week.desk.now - HOUR)

    found = numbers(week, browser)

    with reading(week.desk.town.services.engine) as conn:
        rows = conn.execute(
            text(
                "SELECT record_kind, count(*) FROM journal WHERE town_id = :town AND grid = :grid"
                " AND kind = 'create' AND effective >= :since GROUP BY record_kind"
            ),
            {
                "town": week.desk.town.who.town,
                "grid": week.grid,
                "since": week.desk.now - 6 * DAY,
            },
        )
        counted = {str(row[0]): int(row[1]) for row in rows}
    assert found["visits"] == counted["visit"] == 4
    assert found["diaries"] == counted["diary"] == 1
    assert found["patrols"] == counted["patrol"] == 2
    assert found["households_new"] == counted["household"] == 1


def test_a_dash_stands_where_there_is_nothing_to_share_and_two_people_read_the_same(
    week: Week,
) -> None:
    leader, town = week.desk.signed_in("leader"), week.desk.signed_in("town")

    one, other = (browser.get(week.page()) for browser in (leader, town))

    assert "网格办结占 —" in one.text
    told = re.compile(r"入户走访 .*? 存在的问题")
    assert [m[0] for m in told.finditer(one.text)] == [m[0] for m in told.finditer(other.text)]
    assert "（请填写）" in one.text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_word_and_paper_say_what_the_page_says(week: Week, language: str) -> None:
    week.visit("done")
    browser = week.desk.signed_in("leader").speak(language)
    page = browser.get(week.page()).text
    heading = "入户走访" if language == "zh" else "Visits"

    word = browser.get(week.page("/document/docx")).response.content
    paper = pages(browser.get(week.page("/document/pdf")).response.content)

    paragraphs = [each.text for each in Document(BytesIO(word)).paragraphs]
    said = paragraphs[paragraphs.index(heading) + 1]
    assert "1" in said
    assert _squeezed(said) in _squeezed(page)
    assert _squeezed(said) in _squeezed("".join(paper))


def test_what_a_person_adds_is_kept_and_goes_into_the_documents(week: Week) -> None:
    leader = week.desk.signed_in("leader")

    kept = leader.post(week.page("/text"), problems="楼道堆物\r\n无物业", next=" ", on="0")

    assert "楼道堆物\n无物业" in kept.html
    assert kept.text.count("（请填写）") == 1
    assert "由 leader 填写于" in kept.text
    paper = "".join(pages(leader.get(week.page("/document/pdf")).response.content))
    assert "无物业" in paper
    other = week.desk.signed_in("town").get(f"/console/summary?area={week.grid}")
    assert "楼道堆物" not in other.text, "of other days"


def test_of_two_who_write_at_once_the_second_sees_both_and_nothing_is_lost(week: Week) -> None:
    leader, town = week.desk.signed_in("leader"), week.desk.signed_in("town")
    leader.post(week.page("/text"), problems="没有物业", next="", on="0")

    late = town.post(week.page("/text"), problems="没有路灯", next="", on="0")

    assert "别人也填写了这份总结" in late.text
    assert "没有物业" in late.text
    assert "没有路灯" in late.text
    on = re.search(r'name="on" value="([^"]+)"', late.html)
    assert on is not None
    both = town.post(week.page("/text"), problems="没有物业和路灯", next="", on=on[1])
    assert "没有物业和路灯" in both.text
    with reading(week.desk.town.services.engine) as conn:
        rows = conn.execute(text("SELECT text FROM summary_text")).scalars().all()
    assert len(rows) == 2
    assert not any("物业".encode() in row for row in rows), "sealed"


def test_who_only_looks_writes_nothing(week: Week) -> None:
    auditor = week.desk.signed_in("auditor")

    assert 'name="problems"' not in auditor.get(week.page()).html
    assert auditor.post(week.page("/text"), problems="x", next="", on="0").status == 403


def test_a_summary_of_elsewhere_or_of_no_real_period_is_refused(week: Week) -> None:
    leader = week.desk.signed_in("leader")
    elsewhere = f"/console/summary?area={week.desk.town.areas['g3']}"

    assert leader.get(elsewhere).status == 404
    assert leader.get(f"/console/summary/behind/{new_id()}").status == 404
    assert leader.get("/console/summary/document/exe").status == 404
    backwards = leader.get("/console/summary?first=2026-02-01&last=2026-01-01")
    assert "起止日期" in backwards.text


def _squeezed(said: str) -> str:
    return re.sub(r"\s+", "", said)
