"""The figures of a town, against what plain SQL and the whole forms say of its records."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pytest
from msgspec import structs
from sqlalchemy import text

from server.clock import DAY_MS, midnight, town_time
from server.coverage import counting as counting_module
from server.coverage import walk
from server.coverage.counting import Counting
from server.coverage.days import days
from server.coverage.figures import Asked, Figure, Figures, counted_by_grid, doors, together
from server.coverage.sums import figures_by_grid
from server.db.engine import open_engine, reading
from server.db.migrate import migrate
from server.demo.seeding import TOWN_ID, Seeder
from server.forms.builtin import every_form
from server.keys import Keys
from server.office.areas import areas
from server.register.register import Register
from server.town import TownPlan, TownSize, generate
from shared.completeness import completeness
from shared.coverage import LIVING_HERE
from shared.forms.scope import Moment
from shared.merge import shown

TODAY = date(2026, 3, 1)
HAMLET = TownSize(
    code="329901102", name="小禾镇", communities=1, villages=1, grids=3, workers=5, households=90
)
MET = "('done', 'partly_done', 'refused', 'postponed')"
LISTED = """d.deleted = false AND d.alias_of IS NULL AND d.use <> 'business'
            AND d.status NOT IN ('vacant', 'demolished', 'merged')"""
VISITS = """SELECT coalesce(h.dwelling_id, v.dwelling_id) AS door, v.outcome, v.started, v.id,
                   v.household_id
            FROM visit v LEFT JOIN household h ON h.id = v.household_id
            WHERE v.deleted = false"""
PLAIN = {
    Figure.DWELLINGS: "SELECT count(*) FROM dwelling d WHERE d.deleted = false",
    Figure.LISTED: f"SELECT count(*) FROM dwelling d WHERE {LISTED}",
    Figure.UNKNOWN: f"SELECT count(*) FROM dwelling d WHERE {LISTED} AND d.status = 'unknown'",
    Figure.VACANT: "SELECT count(*) FROM dwelling WHERE status = 'vacant' AND use <> 'business'",
    Figure.GONE: "SELECT count(*) FROM dwelling WHERE status IN ('demolished', 'merged')",
    Figure.UNREGISTERED: f"""SELECT count(*) FROM dwelling d WHERE {LISTED} AND NOT EXISTS
        (SELECT 1 FROM household h WHERE h.dwelling_id = d.id AND h.deleted = false)""",
    Figure.CONTACTED: f"""SELECT count(*) FROM dwelling d WHERE {LISTED} AND EXISTS
        (SELECT 1 FROM ({VISITS}) w WHERE w.door = d.id AND w.outcome IN {MET})""",
    Figure.UNTRIED: f"""SELECT count(*) FROM dwelling d WHERE {LISTED} AND NOT EXISTS
        (SELECT 1 FROM ({VISITS}) w WHERE w.door = d.id)""",
    Figure.REFUSED: f"""SELECT count(*) FROM dwelling d WHERE {LISTED} AND 'refused' =
        (SELECT w.outcome FROM ({VISITS}) w WHERE w.door = d.id AND w.outcome IN {MET}
         ORDER BY w.started DESC, w.id DESC LIMIT 1)""",
    Figure.FRESH_180: f"""SELECT count(*) FROM dwelling d WHERE {LISTED} AND EXISTS
        (SELECT 1 FROM ({VISITS}) w WHERE w.door = d.id AND w.outcome = 'done'
         AND w.started >= :today - 180 * 86400000)""",
}  # fmt: skip


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seeder]:
    """A hamlet with ninety households, as its workers wrote them down."""
    home: Path = tmp_path_factory.mktemp("hamlet")
    engine = open_engine(f"sqlite:///{home / 'town.db'}")
    migrate(engine)
    plan = TownPlan(size=HAMLET, today=TODAY)
    now = 1_772_500_000_000
    seeder = Seeder(engine, Keys.load_or_create(home), generate(plan), now)
    seeder.seed(every_form().values(), lambda _: None)
    seeder.clock.at = now
    yield seeder
    engine.dispose()


@pytest.fixture(scope="module")
def counted(town: Seeder) -> Figures:
    for _ in counting(town).run(TOWN_ID):
        pass
    return figures(town)


def counting(town: Seeder) -> Counting:
    return Counting(town.engine, town.register, town.clock)


def asked(town: Seeder) -> Asked:
    with reading(town.engine) as conn:
        return Asked(TOWN_ID, frozenset(a.id for a in areas(conn, TOWN_ID)), town.clock.at)


def figures(town: Seeder) -> Figures:
    with reading(town.engine) as conn:
        return together(list(figures_by_grid(conn, asked(town)).values()))


@pytest.mark.parametrize("figure", PLAIN, ids=str)
def test_a_figure_is_what_plain_sql_says_and_not_nothing(
    town: Seeder, counted: Figures, figure: Figure
) -> None:
    with reading(town.engine) as conn:
        today = {"today": midnight(town.clock.at)}
        said = conn.execute(text(PLAIN[figure]), today).scalar_one()

    assert counted.count(figure) == said
    assert said > 0 or figure is Figure.GONE


@pytest.mark.parametrize("figure", Figure, ids=str)
def test_the_list_behind_a_figure_has_as_many_doors(
    town: Seeder, counted: Figures, figure: Figure
) -> None:
    with reading(town.engine) as conn:
        listed = conn.execute(doors(figure, TOWN_ID, town.clock.at)).scalars().all()

    assert len(set(listed)) == len(listed) == counted.count(figure)


def test_the_listed_doors_are_parted_without_rest(counted: Figures) -> None:
    of = counted.count

    assert of("listed") == of("collected") + of("not_collected")
    assert of("listed") == of("contacted") + of("unreached") + of("untried")
    assert of("dwellings") == of("listed") + of("vacant") + of("gone") + of("business")
    assert of("listed") == of("fresh_365") + of("stale")
    assert 0 < of("refused") < of("contacted")


def test_collected_and_complete_are_what_the_whole_forms_say(
    town: Seeder, counted: Figures
) -> None:
    said = _Wholly(town)

    assert counted.count("collected") == len(said.collected)
    assert len(said.collected) > 20
    assert structs.astuple(counted.items) == said.items


def test_each_day_keeps_how_the_grids_stood(town: Seeder, counted: Figures) -> None:
    with reading(town.engine) as conn:
        [today] = days(conn, asked(town), 30)

    assert today.day == town_time(town.clock.at).date()
    assert today.rate == counted.share("collected")


def test_what_is_counted_again_from_nothing_is_the_same(town: Seeder, counted: Figures) -> None:
    with town.engine.begin() as conn:
        conn.execute(text("DELETE FROM coverage_pass"))
        conn.execute(text("UPDATE measured SET wanted = 7, record_id = 'x' || record_id"))
        conn.execute(text("UPDATE coverage SET place = 'gone', dwelling_id = 'x' || dwelling_id"))

    for _ in counting(town).run(TOWN_ID):
        pass

    assert figures(town) == counted
    with reading(town.engine) as conn:
        assert counted_by_grid(conn, asked(town)) == figures_by_grid(conn, asked(town))
        assert conn.execute(text("SELECT count(*) FROM measured WHERE wanted = 7")).scalar() == 0


@pytest.mark.parametrize("at_once", [0, 20])
def test_what_is_counted_change_by_change_is_what_a_walk_counts(
    town: Seeder, counted: Figures, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The journal from its beginning, as if every door had been counted before it.

    at_once: of how many grids a step sums up itself; more are left until the last change.
    """
    monkeypatch.setattr(counting_module, "GRIDS_AT_ONCE", at_once)
    with town.engine.begin() as conn:
        for table in ("measured", "coverage", "coverage_grid"):
            conn.execute(text(f"DELETE FROM {table}"))
        conn.execute(text("UPDATE coverage_pass SET version = 1"))

    steps = list(counting(town).run(TOWN_ID))

    assert len(steps) > 1
    assert figures(town) == counted


def test_a_walk_goes_on_where_it_was_left(
    town: Seeder, counted: Figures, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walk, "RECORDS", 50)
    with town.engine.begin() as conn:
        conn.execute(text("DELETE FROM coverage_pass"))

    shares = []
    while not (progress := counting(town).step(TOWN_ID)).up_to_date:
        shares.append(progress.percent)

    assert shares == sorted(shares)
    assert len(set(shares)) > 5
    assert figures(town) == counted


def test_the_figures_of_a_grid_are_of_today(town: Seeder, counted: Figures) -> None:
    """A year later nothing is fresh any more, and no record has changed."""
    before = town.clock.at
    try:
        town.clock.at += 400 * DAY_MS
        for _ in counting(town).run(TOWN_ID):
            pass
        later = figures(town)
    finally:
        town.clock.at = before

    assert later.count("fresh_365") == 0 < counted.count("fresh_365")
    assert later.count("stale") == later.count("listed")


class _Home(NamedTuple):
    """A household as its whole forms say; the least is the one that counts at its door."""

    not_collected: bool
    wanted: int
    id: str
    items: tuple[int, int, int]


class _Wholly:
    """The same, asked of every record and its whole form, without any table of counts."""

    def __init__(self, town: Seeder) -> None:
        self.register: Register = town.register
        self.forms = self.register.forms(TOWN_ID)
        self.moment = Moment(town_time(town.clock.at))
        with reading(town.engine) as conn:
            self.conn = conn
            found = conn.execute(text(f"SELECT id FROM dwelling d WHERE {LISTED}")).scalars().all()
            doors = [here for door in found if (here := [*self._homes(door)])]
        self.collected = [home.id for home in map(min, doors) if not home.not_collected]
        items = [home.items for here in doors for home in here]
        self.items = tuple(map(sum, zip(*items, strict=True)))

    def _homes(self, door: str) -> Iterator[_Home]:
        of_door = "SELECT id FROM household WHERE dwelling_id = :id AND alias_of IS NULL"
        for home in self.conn.execute(text(of_door), {"id": door}).scalars().all():
            members = "SELECT id, status FROM resident WHERE household_id = :id"
            people = self.conn.execute(text(members), {"id": home}).all()
            last = f"""SELECT outcome FROM visit WHERE household_id = :id AND outcome IN {MET}
                       ORDER BY started DESC, id DESC LIMIT 1"""
            outcome = self.conn.execute(text(last), {"id": home}).scalar_one_or_none()
            here = [person.id for person in people if person.status in LIVING_HERE]
            yield self._home([home, *here], refused=outcome == "refused")

    def _home(self, ids: list[str], *, refused: bool) -> _Home:
        wanted, given, withheld, items = 0, 0, 0, [0, 0, 0]
        for record in self.register.records(TOWN_ID, ids).values():
            form = self.forms[record.kind]
            units = shown(record, self.register.rules(TOWN_ID, record.kind))
            found = completeness(form, units, self.moment)
            more = (found.applicable, len(found.answered), len(found.declined))
            items = [a + b for a, b in zip(items, more, strict=True)]
            wanted += len(found.wanted)
            mandatory = {q.name for q in form.questions if q.mandatory and q.allow_declined}
            withheld += len(mandatory & set(found.declined))
            given += len((mandatory & set(found.answered)) - set(found.declined))
        whole = not wanted and len(ids) > 1 and not refused and not (withheld and not given)
        return _Home(not whole, wanted, ids[0], (items[0], items[1], items[2]))
