"""`doorstep demo`: makes the town once, then runs server, console and two devices of the app."""

import signal
import threading
import time
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from msgspec import Struct
from rich.console import Console

from server.db.engine import open_engine, reading
from server.demo import home as demo_home
from server.demo import words
from server.demo.home import DEVICES, Mark
from server.demo.ports import LOOPBACK, free_ports
from server.demo.processes import Child, Children, NotStarted
from server.demo.progress import lasted, shown
from server.demo.seeding import PASSWORD, TOWN_ID
from server.demo.words import said
from server.errors import ServerError
from server.keys import Keys
from server.office.act import acting
from server.office.enrolment_codes import MINUTES_MAX, enrolment_link, give_code
from server.office.people import operator
from server.office.workers import workers
from server.settings import DATABASE_FILE, Settings
from server.town import DEMO, FULL, TownPlan, TownSize, generate, scaled
from shared.wire import Words

WATCH_S = 0.5
BEFORE = timedelta(days=8)
"""Before the Monday of a week lies another one, in which its phones are given out."""
TOWN_S, WEEK_S = 0.005, 0.014
"""What a household takes on two idle cores: only for what is said before."""


class DemoRefused(ServerError):
    """The demo cannot run here; its words say what to do."""


class Wanted(Struct, frozen=True, kw_only=True):
    """Which demo town somebody wants."""

    full: bool = False
    """A whole town, not one community."""
    week: bool = False
    """With the last whole week, as it would have come in from every phone and desk."""
    households: int = 0
    """So many instead of what the town would have, with grids and workers in proportion."""

    @property
    def size(self) -> TownSize:
        """How much of everything it has."""
        whole = FULL if self.full or self.week else DEMO
        return whole if not self.households else scaled(whole, self.households)


def demo(settings: Settings, console: Console, *, language: str, wanted: Wanted) -> None:
    """Runs the demo until it is interrupted. Raises DemoRefused."""
    say = _Speaker(console, language)
    mark = _town(settings.home, say, wanted)
    ports = _ports(settings.port, say)
    with Children(settings.home / "logs") as children, _interruptible() as interrupted:
        try:
            _start(children, settings.home, ports, say)
        except NotStarted as error:
            reason = said(words.NOT_STARTED, language)
            raise DemoRefused(
                "not_started", Words(f"{reason}\n{error}", f"{reason}\n{error}")
            ) from error
        _announce(settings, ports, mark, say)
        ended = _watch(children, interrupted)
    if ended is not None:
        say(words.ENDED, name=ended.name, log=ended.log)
    say(words.STOPPED)


class _Speaker:
    """Says things in one language, plainly: no colour in what a program may read."""

    def __init__(self, console: Console, language: str) -> None:
        self.console = console
        self.language = language

    def __call__(self, sentence: Words, **values: object) -> None:
        self.line(said(sentence, self.language, **values))

    def line(self, text: str) -> None:
        self.console.print(text, markup=False, highlight=False, soft_wrap=True)


def _town(home: Path, say: _Speaker, wanted: Wanted) -> Mark:
    size = wanted.size
    if demo_home.has_foreign_data(home):
        raise _refused(words.FOREIGN, home=home)
    mark = demo_home.mark_of(home)
    if mark is not None and (home / DATABASE_FILE).exists():
        if (mark.households, bool(mark.week)) != (size.households, wanted.week):
            raise _refused(words.OTHER_SIZE, home=home)
        say(words.KEPT, home=home)
        return mark
    begun = time.monotonic()
    minutes = round(size.households * (WEEK_S if wanted.week else TOWN_S) / 60)
    if minutes:
        say(words.TAKES, households=f"{size.households:,}", minutes=minutes)
    # Yesterday: its evening is past wherever this runs.
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    monday = yesterday - timedelta(days=6 + (yesterday.weekday() + 1) % 7)
    today = monday - BEFORE if wanted.week else yesterday
    town = generate(TownPlan(size=size, today=today))
    with shown(say.console, say.language) as tell:
        try:
            mark = demo_home.make(home, town, tell, monday if wanted.week else None)
        except demo_home.NotRehearsed as error:
            raise _refused(words.NOT_REHEARSED, said=error) from error
    say(words.MADE, home=home, lasted=lasted(begun))
    return mark


def _ports(wanted: int, say: _Speaker) -> list[int]:
    try:
        ports = free_ports(wanted, 1 + len(DEVICES))
    except OSError as error:
        raise _refused(words.NO_PORT, wanted=wanted) from error
    if ports[0] != wanted:
        say(words.PORT_TAKEN, wanted=wanted, free=ports[0])
    return ports


def _start(children: Children, home: Path, ports: list[int], say: _Speaker) -> None:
    server, *apps = ports
    started = [_start_server(children, home, server)]
    started += [
        _start_app(children, home, device, port) for device, port in zip(DEVICES, apps, strict=True)
    ]
    with say.console.status(said(words.STARTING, say.language)):
        for child in started:
            children.await_ready(child)


def _start_server(children: Children, home: Path, port: int) -> Child:
    url = f"http://{LOOPBACK}:{port}"
    return children.start(
        "server",
        ["-m", "server.cli", "serve"],
        f"{url}/healthz",
        {
            "DOORSTEP_HOME": str(home),
            "DOORSTEP_HOST": LOOPBACK,
            "DOORSTEP_PORT": str(port),
            "DOORSTEP_PUBLIC_URL": url,
            "DOORSTEP_DATABASE_URL": "",
            "DOORSTEP_NO_BROWSER": "1",
        },
    )


def _start_app(children: Children, home: Path, device: str, port: int) -> Child:
    return children.start(
        device,
        ["-m", "mobile.app", "--web", "--port", str(port)],
        f"http://{LOOPBACK}:{port}/",
        {
            "DOORSTEP_HOME": str(demo_home.device_folder(home, device)),
            "DOORSTEP_APP_KEYSTORE": f"file:{demo_home.device_key(home, device)}",
            "DOORSTEP_NO_BROWSER": "1",
        },
    )


def _announce(settings: Settings, ports: list[int], mark: Mark, say: _Speaker) -> None:
    console, *apps = (f"http://{LOOPBACK}:{port}/" for port in ports)
    say.line(f"console: {console}")
    for url in apps:
        say.line(f"app: {url}")
    for login in mark.logins.values():
        say.line(f"sign in: {login} / {PASSWORD}")
    for device, link in _codes(settings.home, console.rstrip("/")):
        say.line(f"enrol {device}: {link}")
    say(words.INVENTED)
    say(words.STOP)
    if not settings.no_browser:
        for url in (console, *apps):
            webbrowser.open_new_tab(url)


def _codes(home: Path, url: str) -> list[tuple[str, str]]:
    """A code for each device that nobody has enrolled yet, for two workers of one grid."""
    waiting = [device for device in DEVICES if not demo_home.is_enrolled(home, device)]
    engine = open_engine(f"sqlite:///{home / DATABASE_FILE}")
    keys = Keys.load_or_create(home)
    with reading(engine) as conn:
        who = operator(conn, TOWN_ID)
        staff = workers(conn, who)
    pairs = zip(DEVICES, staff, strict=False)
    with acting(engine, keys, who) as act:
        codes = [
            (device, enrolment_link(url, give_code(act, worker.id, MINUTES_MAX).code))
            for device, worker in pairs
            if device in waiting
        ]
    engine.dispose()
    return codes


def _watch(children: Children, interrupted: threading.Event) -> Child | None:
    while not interrupted.wait(WATCH_S):
        if (ended := children.first_ended()) is not None:
            return ended
    return None


def _refused(sentence: Words, **values: object) -> DemoRefused:
    return DemoRefused("demo", Words(sentence.zh.format(**values), sentence.en.format(**values)))


@contextmanager
def _interruptible() -> Iterator[threading.Event]:
    """Turns Ctrl-C and a request to end into an event, so that children are stopped in order."""
    event = threading.Event()
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.signal(number, lambda *_: event.set()) for number in numbers}
    try:
        yield event
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
