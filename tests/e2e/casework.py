"""A phone, desks and their town that work on cases: what several stories go through."""

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, expect

from server.clock import now_ms
from server.demo.processes import Children
from server.forms.builtin import work_forms
from server.office.people import AccountIdentity
from server.office.roles import Role
from server.register.edits import Edit
from shared.changes import Answer, ChangeKind
from shared.ids import uuid7
from shared.work.rules import DAY_MS
from tests.e2e.app import WorkerApp
from tests.e2e.days_later import tell_days
from tests.e2e.desk import Desk
from tests.e2e.running import Phone
from tests.e2e.test_shared import a_town, enrols
from tests.proxy import Line, faulty_line
from tests.server.a_town import ATown
from tests.server.listening import listening

PIN = "293847"
ORDINARY = ("language-zh", "theme-light")
OFFICES = {
    "community": (Role.COMMUNITY_ADMIN, "c1"),
    "leader": (Role.GRID_LEADER, "g1"),
    "elsewhere": (Role.COMMUNITY_ADMIN, "c2"),
}
"""Who sees what the worker does, and a community that must see nothing of it."""
HOME = uuid7(1_790_000_000_000, b"0123456789")


@dataclass
class House:
    """The worker's phone, the desks by their log-in, and the town that all are of."""

    app: WorkerApp
    town: ATown
    who: Mapping[str, AccountIdentity]
    """The accounts besides the town's own, by their log-in."""
    line: Line
    """Between the phone and the office."""
    browser: Browser
    url: str
    """Of the office."""
    days_file: Path
    days: int = 0
    desks: dict[str, Desk] = field(default_factory=dict)

    def desk(self, login: str) -> Desk:
        """The desk of that log-in, signed in."""
        if login not in self.desks:
            self.desks[login] = Desk(self.browser, self.url)
            self.desks[login].sign_in(login)
        return self.desks[login]

    def time_passes(self, days: int = 0) -> None:
        """Sets the office's clock, which stands still: or all steps would be of one moment.

        days: how many pass, for the office and for the phone.
        """
        self.days += days
        tell_days(self.days_file, self.days)
        self.town.clock.at = now_ms() + self.days * DAY_MS

    def saves(self) -> None:
        """Presses "save" on the phone, a moment after what was done before."""
        self.time_passes()
        self.app.tap("save")
        self.app.rest()

    def opens(self, login: str, words: str) -> Desk:
        """The desk of that log-in, with the case that says so before it."""
        desk = self.desk(login)
        desk.go("casework/cases?state=all")
        desk.page.get_by_role("link", name=re.compile(words)).first.click()
        expect(desk.page.locator("h1")).to_contain_text(words)
        self.time_passes()
        return desk


@contextmanager
def a_house(
    browser: Browser, folder: Path, accounts: Mapping[str, tuple[Role, str]]
) -> Iterator[House]:
    """A town with these accounts besides the town's own, and a worker of its first grid.

    accounts: role and area by log-in.
    """
    days_file = folder / "days"
    tell_days(days_file, 0)
    with ExitStack() as stack:
        stack.callback(keep_last, browser, folder)
        town = a_town(folder / "office")
        for form in work_forms().values():
            town.services.register.publish_form(town.who.town, form)
        who = {login: town.account(login, *given) for login, given in accounts.items()}
        url = stack.enter_context(listening(town.services))
        line = stack.enter_context(faulty_line(url))
        program = ("-m", "tests.e2e.days_later", str(days_file))
        children = stack.enter_context(Children(folder / "logs"))
        phone = Phone("phone", folder / "phone", children, program=program)
        phone.start()
        app = WorkerApp(browser, phone.url)
        enrols(app, town, ("W1", PIN), line.url)
        house = House(app, town, who, line, browser, url, days_file)
        yield house
        assert app.foreign == [one for desk in house.desks.values() for one in desk.foreign] == []


def keep_last(browser: Browser, folder: Path) -> None:
    """What every window showed last: the first thing to look at when a story breaks off."""
    for number, context in enumerate(browser.contexts):
        for page in context.pages:
            page.screenshot(path=folder / f"last-{number}.png")


def register_household(town: ATown, units: Mapping[str, Answer]) -> None:
    """The household that a story is about, in the first grid."""
    made = Edit(
        kind=ChangeKind.CREATE,
        record=HOME,
        record_kind="household",
        grid=town.areas["g1"],
        base=0,
        units=dict(units),
    )
    town.services.register.commit(town.account("desk", Role.TOWN_ADMIN), [made])


def open_case(app: WorkerApp) -> None:
    """Opens the first case in the phone's list."""
    app.go_to("/tasks")
    app.tap_first("case-")
    app.rest()


def takes(desk: Desk, action: str, said: Mapping[str, str]) -> None:
    """Opens the form of a step, fills it in and sends it."""
    desk.page.locator(f"[data-bs-target='#step-{action}']").click()
    # The form glides open: a press while its button still moves would miss it.
    expect(desk.page.locator(f"#step-{action}")).to_have_class(re.compile(r"\bshow\b"))
    form = desk.page.locator(f"#step-{action} form")
    for question, answer in said.items():
        asked = form.locator(f"[name='{question}']")
        if asked.evaluate("input => input.tagName") == "SELECT":
            asked.select_option(answer)
        else:
            asked.fill(answer)
    desk.keep(f"desk-step-{action}")
    form.locator("button[type=submit]").click()
    expect(desk.page.locator(".alert").first).to_contain_text("已登记这一步")


def looks(app: WorkerApp, name: str) -> None:
    """Keeps pictures of the phone's screen: as it is, and in English in the dark."""
    if not os.environ.get("STORY_PICTURES"):
        return
    app.picture(f"{name}-zh")
    cost = app.taps, app.swipes
    address = str(app.page.evaluate("location.pathname"))
    for wanted, picture in ((("language-en", "theme-dark"), f"{name}-en"), (ORDINARY, "")):
        app.go_to("/settings")
        for choice in wanted:
            app.choose(choice)
        app.go_to(address)
        if picture:
            app.picture(picture)
    app.taps, app.swipes = cost


def looks_at_desk(desk: Desk, name: str) -> None:
    """Keeps pictures of the desk's page: as it is, and in English in the dark."""
    if not os.environ.get("STORY_PICTURES"):
        return
    desk.keep(f"desk-{name}-zh")
    address = desk.page.url
    desk.page.emulate_media(color_scheme="dark")
    _in_language(desk, "en", address)
    desk.keep(f"desk-{name}-en")
    desk.page.emulate_media(color_scheme="light")
    _in_language(desk, "zh", address)


def _in_language(desk: Desk, language: str, address: str) -> None:
    desk.go(f"language/{language}")
    desk.page.goto(address)
