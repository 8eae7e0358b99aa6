"""The rush: a thousand phones come back from the field within a minute."""

from random import Random
from statistics import median, quantiles

from sqlalchemy import func, select
from sqlmodel import col

from benchmarks.client import Client
from benchmarks.databases import POSTGRESQL, SQLITE, Databases
from benchmarks.devices import Plan, Went, crowd
from benchmarks.measuring import cpu_of, memory_of
from benchmarks.people import household
from benchmarks.results import Figure, Section, seconds
from benchmarks.stand import Place, Stand, standing
from server.db.engine import reading
from server.db.register_tables import JournalRow

GRIDS, PHONES = 100, 10
ROWS, CHANGES = 1_000, 200
WITHIN_S, DONE_S = 60.0, 120.0
WORKERS = {SQLITE: "1", POSTGRESQL: "2"}


def sections(databases: Databases, quick: bool) -> list[Section]:
    """One section, both databases."""
    grids = GRIDS // 10 if quick else GRIDS
    figures: list[Figure] = []
    for kind, workers in WORKERS.items():
        with standing(databases.new_home(), databases.new(kind), "--workers", workers) as stand:
            places = stand.new_places(grids, PHONES + 1)
            plans = [plan for place in places for plan in _plans(place, quick=quick)]
            before = cpu_of([stand.pid])
            went = crowd(plans)
            used, memory = cpu_of([stand.pid]) - before, memory_of([stand.pid])
            lost = _lost(stand, places, len(plans))
        where = f"{kind}, {workers} {'process' if workers == '1' else 'processes'}"
        figures += _figures(where, went, lost)
        figures.append(Figure("server: memory, processor", where, f"{memory} MB, {used:.0f} s"))
    count = GRIDS * PHONES // (10 if quick else 1)
    title = "The rush" if not quick else "A small rush"
    within = WITHIN_S / 10 if quick else WITHIN_S
    note = (
        f"{count:,} phones come within {within:.0f} s; each sends {CHANGES} edits and takes "
        f"{ROWS:,} rows, waits as long as a 503 asks and tries again. The phones, the server and "
        "the database share the machine."
    )
    return [Section(title, figures, [note])]


def _plans(place: Place, *, quick: bool) -> list[Plan]:
    """The first phone has filled the grid; the others come back to it."""
    filler, *phones = place.phones
    client, random = Client(filler), Random(place.grid)
    created = [client.create(place.grid, household(random)) for _ in range(ROWS)]
    base = client.push(client.outbox(created))[-1].seq
    records = [change.record for change in created]
    within = WITHIN_S / 10 if quick else WITHIN_S
    return [
        Plan(
            identity=phone,
            arrives=random.uniform(0, within),
            grid=place.grid,
            base=base,
            records=random.sample(records, CHANGES),
        )
        for phone in phones
    ]


def _lost(stand: Stand, places: list[Place], phones: int) -> int:
    """Changes that are not in the journal, or are there more than once."""
    with reading(stand.engine) as conn:
        of_town = col(JournalRow.town_id) == places[0].town
        rows = conn.execute(select(func.count()).where(of_town)).scalar_one()
    return abs(len(places) * ROWS + phones * CHANGES - rows)


def _figures(where: str, went: list[Went], lost: int) -> list[Figure]:
    times = sorted(each.done for each in went)
    last = max(each.ended for each in went)
    late = sum(each.ended > DONE_S for each in went)
    whole = sum(each.sent == CHANGES and each.received >= ROWS for each in went)
    unplanned = sum(each.unplanned for each in went)
    refused = sum(each.statuses.get(503, 0) for each in went)
    cut = sum(each.cut for each in went)
    p99 = quantiles(times, n=100)[98]
    return [
        Figure("all done after", where, seconds(last), f"<= {DONE_S:.0f} s", last <= DONE_S),
        Figure(
            "phones done, late",
            where,
            f"{whole}, {late}",
            f"{len(went)}, 0",
            whole == len(went) and not late,
        ),
        Figure("changes lost or doubled", where, str(lost), "0", lost == 0),
        Figure("5xx that were not meant", where, str(unplanned), "0", unplanned == 0),
        Figure("deliberate 503, requests cut off", where, f"{refused}, {cut}"),
        Figure(
            "a phone's whole sync, p50, p99", where, f"{seconds(median(times))}, {seconds(p99)}"
        ),
    ]
