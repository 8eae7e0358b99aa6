"""The same 10,000 documents through two other systems, in the same run."""

from importlib.metadata import version
from random import Random

from benchmarks import exchange
from benchmarks.databases import Databases
from benchmarks.peers import kinto, pouchdb
from benchmarks.peers.pouchdb import Took
from benchmarks.people import household
from benchmarks.results import Figure, Section, seconds

POUCHDB, KINTO = "PouchDB 9 + express-pouchdb", "Kinto + PostgreSQL"
ROWS = ("push", "pull", "push_edits", "pull_edits", "nothing")


def sections(databases: Databases, quick: bool) -> list[Section]:
    """Ours and theirs, one after the other on the same machine."""
    count = exchange.HOUSEHOLDS // 10 if quick else exchange.HOUSEHOLDS
    random = Random(1)
    documents = [household(random) for _ in range(count)]
    ours = exchange.measured(databases, quick=quick)
    took = {POUCHDB: pouchdb.measure(databases.folder / "pouchdb", documents)}
    with kinto.serving(databases.folder / "kinto", databases.new_postgresql("kinto")) as http:
        took[KINTO] = kinto.measure(http, documents)
    figures: list[Figure] = []
    for row in ROWS:
        for kind, run in ours.items():
            cost = getattr(run, row)
            figures.append(Figure(_TITLES[row], f"Doorstep, {kind}", seconds(cost.wall)))
        for peer, theirs in took.items():
            figures.append(Figure(_TITLES[row], peer, seconds(_of(theirs, row))))
    versions = f"{pouchdb.version()}; {kinto.version()}."
    return [Section(f"Beside others, {count:,} households", figures, [_NOTE, versions])]


_TITLES = {
    "push": "push all",
    "pull": "pull all into an empty client",
    "push_edits": "push 1,000 one-field edits",
    "pull_edits": "pull them",
    "nothing": "a sync with nothing to do",
}
_NOTE = (
    "Wall time of one client on the same machine, one system after the other. PouchDB syncs from "
    "and to LevelDB; Kinto is driven in batches of 100 over one connection; ours is the app's own "
    f"code for the line ({version('httpx')} of httpx), over HTTP, committed before it is answered."
)


def _of(took: Took, row: str) -> float:
    value: float = getattr(took, row)
    return value
