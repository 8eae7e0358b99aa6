"""The demo's days of grid work: a case in every state, and a board with something on it."""

from datetime import timedelta
from pathlib import Path

from msgspec.structs import replace

from server.clock import now_ms, town_time
from server.db.engine import open_engine, reading
from server.demo import home
from server.keys import Keys
from server.office.people import operator
from server.register.register import Register
from server.settings import DATABASE_FILE
from server.town import DEMO, TownPlan, generate
from server.work.board import Boards, default_days
from server.work.reading import Sought, WorkBook
from shared.work.nil import NilState
from shared.work.values import Phase


def test_every_grid_has_cases_in_many_states_and_reports_of_many_kinds(tmp_path: Path) -> None:
    size = replace(DEMO, households=12)
    town = generate(TownPlan(size=size, today=town_time(now_ms()).date() - timedelta(days=1)))

    home.make(tmp_path, town, lambda _: None)

    engine = open_engine(f"sqlite:///{tmp_path / DATABASE_FILE}")
    with reading(engine) as conn:
        who = operator(conn, "demo")
        cases = WorkBook(conn, who, now_ms()).cases(Sought())
        told = Boards(conn, who, now_ms()).board(default_days(now_ms(), 2))
    of_a_grid = [one.standing for one in cases if one.grid == cases[0].grid]
    assert {Phase.WAITING, Phase.HANDLING, Phase.DONE} <= {one.phase for one in of_a_grid}
    assert {one.post for one in of_a_grid} == {"", "urban"}
    assert sum(bool(one.contested) for one in of_a_grid) == 1
    assert all(one.asides == () for one in of_a_grid)
    assert told.count(NilState.NIL) + told.count(NilState.DONE) > 0
    assert told.flagged("contradicted") > 0
    assert Register(engine, Keys.load_or_create(tmp_path)).verify("demo").well
    engine.dispose()
