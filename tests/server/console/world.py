"""A small town with its console: people who sign in, phones that push, pages that are read."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path

import httpx
import msgspec
from anyio.from_thread import BlockingPortal, start_blocking_portal
from fastapi import FastAPI
from msgspec import Raw

from server.app import app_of
from server.clock import new_id
from server.db.engine import reading
from server.forms.builtin import builtin_forms
from server.office.devices import authenticate
from server.office.people import AccountIdentity, DeviceIdentity
from server.office.roles import Role
from server.register.register import Register
from shared.changes import Answer, Change, ChangeKind
from shared.clock import Reading
from shared.wire import FIRST_DIGEST, Push, Result, chained
from tests.server.a_town import MINUTE, NOTHING, PASSWORD, ATown, Phone, make_town

ORIGIN = "http://doorstep.test"
_TOKEN = re.compile(r'name="csrftoken" value="([^"]*)"')
_TAGS = re.compile(r"<script.*?</script>|<style.*?</style>|<svg.*?</svg>|<[^>]+>", re.DOTALL)


@dataclass
class FieldPhone:
    """A worker's phone: writes changes and pushes them."""

    register: Register
    device: DeviceIdentity
    clock_error: int = 0
    n: int = 0
    digest: str = FIRST_DIGEST

    def create(self, kind: str, grid: str, units: Mapping[str, Answer], at: int) -> str:
        record = new_id()
        self.push(ChangeKind.CREATE, (record, kind, grid), units, at)
        return record

    def set(
        self,
        household: str,
        grid: str,
        units: Mapping[str, Answer],
        at: int,
        *,
        base: int = 0,
        old: Mapping[str, Answer] | None = None,
        visit: str | None = None,
    ) -> Result:
        where = (household, "household", grid)
        return self.push(ChangeKind.SET, where, units, at, base=base, old=old, visit=visit)

    def push(
        self,
        change: ChangeKind,
        where: tuple[str, str, str],
        units: Mapping[str, Answer],
        at: int,
        *,
        base: int = 0,
        old: Mapping[str, Answer] | None = None,
        visit: str | None = None,
    ) -> Result:
        record, kind, grid = where
        self.n += 1
        made = Change(
            n=self.n,
            save=new_id(),
            kind=change,
            record=record,
            record_kind=kind,
            grid=grid,
            worker=self.device.worker_id,
            at=at + self.clock_error,
            base=base,
            units=dict(units),
            old=dict(old or {}),
            visit=visit,
            form="1",
        )
        body, after = msgspec.json.encode(made), self.digest
        self.digest = chained(self.digest, body)
        clock = Reading(self.register._clock() + self.clock_error, "boot", 0)
        reply = self.register.push(self.device, Push(self.device.id, after, clock, [Raw(body)]))
        result = reply.results[0]
        assert result.problem is None, result.problem
        return result


@dataclass
class Page:
    """What came back."""

    status: int
    html: str
    url: str
    response: httpx.Response

    @property
    def text(self) -> str:
        """What a reader sees, blanks made one."""
        return " ".join(unescape(_TAGS.sub(" ", self.html)).split())

    @property
    def title(self) -> str:
        found = re.search(r"<title>(.*?)</title>", self.html, re.DOTALL)
        return unescape(found.group(1)).strip() if found else ""


@dataclass
class Browser:
    """Somebody's browser: keeps cookies, follows redirects, sends the page's token."""

    portal: BlockingPortal
    client: httpx.AsyncClient
    token: str = ""

    def get(self, path: str, **params: str) -> Page:
        return self._call("GET", path, **({"params": params} if params else {}))

    def post(
        self,
        path: str,
        fields: Mapping[str, object] | None = None,
        /,
        *,
        files: object = None,
        **more: object,
    ) -> Page:
        if not self.token:
            self.get("/console/login")
        sent = {"csrftoken": self.token} | dict(fields or {}) | more
        return self._call("POST", path, data=sent, files=files)

    def sign_in(self, login: str, password: str = PASSWORD) -> Page:
        self.get("/console/login")
        return self.post("/console/login", login=login, password=password)

    def speak(self, language: str) -> "Browser":
        self.client.cookies.set("language", language, domain="doorstep.test", path="/console")
        return self

    def _call(self, method: str, path: str, **more: object) -> Page:
        async def ask() -> httpx.Response:
            return await self.client.request(method, path, **more)  # type: ignore[arg-type]

        response = self.portal.call(ask)
        binary = not response.headers.get("content-type", "").startswith("text/html")
        html = "" if binary else response.text
        if found := _TOKEN.search(html):
            self.token = unescape(found.group(1))
        return Page(response.status_code, html, str(response.url), response)


@dataclass
class Desk:
    """The town, its app, and who is there."""

    town: ATown
    portal: BlockingPortal
    app: FastAPI
    transport: httpx.ASGITransport
    accounts: dict[str, AccountIdentity]
    opened: list[httpx.AsyncClient] = field(default_factory=list)

    @property
    def register(self) -> Register:
        return self.town.services.register

    @property
    def now(self) -> int:
        return self.town.clock.at

    def browser(self, *, language: str = "zh", origin: str = ORIGIN) -> Browser:
        """A browser that nobody has used."""
        client = httpx.AsyncClient(
            transport=self.transport,
            base_url=origin,
            follow_redirects=True,
            headers={"Accept-Language": language},
        )
        self.portal.call(client.__aenter__)
        self.opened.append(client)
        return Browser(self.portal, client)

    def signed_in(self, login: str, *, language: str = "zh") -> Browser:
        """The browser of somebody who has signed in."""
        browser = self.browser(language=language)
        page = browser.sign_in(login)
        assert page.status == 200
        assert "/login" not in page.url, page.text
        return browser

    def phone(self, staff_no: str, *grids: str, clock_error: int = 0) -> FieldPhone:
        """A new worker's enrolled phone."""
        worker = self.town.worker(staff_no, *grids)
        enrolled = self.town.enrolled(worker, Phone())
        with reading(self.town.services.engine) as conn:
            device = authenticate(conn, enrolled.token, self.now)
        return FieldPhone(self.register, device, clock_error)

    def household(self, phone: FieldPhone, grid: str = "g1", /, **units: Answer) -> str:
        """A household with its dwelling and head, as a phone registers them."""
        area = self.town.areas[grid]
        door = str(units.pop("plate", "3-1-201"))
        at = self.now - 60 * MINUTE
        dwelling = phone.create(
            "dwelling", area, {"plate": door, "code": "3-1-02-201", "status": "occupied"}, at
        )
        answers = {
            "dwelling": dwelling,
            "head_name": "张伟",
            "phone": "13900001111",
            "people_count": 3,
            "tenure": "own",
        } | units
        household = phone.create("household", area, answers, at)
        head = {
            "household": household,
            "name": answers["head_name"],
            "relation": "0",
            "sex": "1",
            "birth_date": "1968-03-04",
            "id_number": "11010519491231002X",
            "phone": answers["phone"],
            "status": "living_here",
        }
        phone.create("resident", area, head, at)
        return household

    def contested(self, unit: str = "phone", *values: Answer) -> tuple[str, str, FieldPhone]:
        """A household whose answer two phones changed at once: its id, the conflict's, a phone."""
        one, other = self.phone("W1", "g1"), self.phone("W2", "g1")
        household = self.household(one)
        seen = self.register.record(self.town.who.town, household)
        assert seen is not None
        first, second = values or ("13900002222", "13900003333")
        for phone, value, minutes in ((one, first, 20), (other, second, 10)):
            phone.set(
                household,
                self.town.areas["g1"],
                {unit: value},
                self.now - minutes * MINUTE,
                base=seen.version,
                old={unit: "13900001111"},
            )
        grids = frozenset({self.town.areas["g1"]})
        waiting = self.register.open_conflicts(self.town.who.town, grids)
        return household, waiting[0].id, one


@contextmanager
def a_desk(
    home: Path,
    *,
    database_url: str = "",
    production: bool = False,
    more: Mapping[str, object] = NOTHING,
) -> Iterator[Desk]:
    """The town's app, started and at the end stopped; an account of each role.

    database_url: of an empty database; none: SQLite. more: other settings.
    """
    town = make_town(home, database_url, production=production, more=more)
    for form in builtin_forms().values():
        town.services.register.publish_form(town.who.town, form)
    accounts = {
        "town": town.account("town", Role.TOWN_ADMIN),
        "community": town.account("community", Role.COMMUNITY_ADMIN, "c1"),
        "leader": town.account("leader", Role.GRID_LEADER, "g1"),
        "auditor": town.account("auditor", Role.AUDITOR),
        "police": town.account("police", Role.DEPARTMENT),
    }
    app = app_of(town.services)
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(app.router.lifespan_context(app)),
    ):
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        desk = Desk(town, portal, app, transport, accounts)
        yield desk
        for client in desk.opened:
            portal.call(client.aclose)
