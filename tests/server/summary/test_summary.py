"""A period summary: each number is what is behind it, and is found again in the register itself."""

import csv
import re
from datetime import timedelta
from io import BytesIO, StringIO

import pytest
from docx import Document
from sqlalchemy import text

from server.clock import new_id, town_time
from server.db.engine import reading
from server.forms.builtin import work_forms
from shared.changes import Answer
from tests.server.a_town import MINUTE
from tests.server.console.world import Browser, Desk, FieldPhone
from tests.server.paper.reading import pages

HOUR = 60 * MINUTE
DAY = 24 * HOUR


class Week:
    """What one worker did in a week of one grid, and how to ask for its summary."""

    def __init__(self, desk: Desk) -> None:
        for form in work_forms().values():
            desk.register.publish_form(desk.town.who.town, form)
        self.desk = desk
        self.phone: FieldPhone = desk.phone("W1", "g1")
        self.grid = desk.town.areas["g1"]
        self.household = desk.household(self.phone)
        self.n = 0

    @property
    def days(self) -> str:
        last = town_time(self.desk.now).date()
        return f"first={last - timedelta(days=6)}&last={last}"

    def visit(self, outcome: str, ago: int = HOUR, **units: Answer) -> str:
        started = town_time(self.desk.now - ago).isoformat(timespec="seconds")
        said = {"household": self.household, "started": started, "outcome": outcome, "mode": "door"}
        return self.phone.create("visit", self.grid, said | units, self.desk.now - ago)

    def case(self, kind: str, ago: int = HOUR, **units: Answer) -> str:
        found = town_time(self.desk.now - ago).isoformat(timespec="seconds")
        said = {"case_kind": kind, "text": "路灯不亮", "discovered_at": found}
        return self.phone.create("case", self.grid, said | units, self.desk.now - ago)

    def step(
        self, case: str, action: str, turn: int = 0, ago: int = MINUTE, **units: Answer
    ) -> str:
        said = {
            "case": case,
            "action": action,
            "level": "grid",
            "turn": str(turn),
            "text": "已处理",
        }
        return self.phone.create("case_step", self.grid, said | units, self.desk.now - ago)

    def page(self, where: str = "") -> str:
        return f"/console/summary{where}?area={self.grid}&{self.days}"


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
    assert said in page
    assert _squeezed(said) in _squeezed("".join(paper))


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
