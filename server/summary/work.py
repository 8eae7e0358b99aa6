"""Cases, mediation, diary, patrols and nil reports of a period, counted from the folded work."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from sqlalchemy import Connection, Row

from server.clock import town_time
from server.office.areas import Area
from server.summary.values import Asked, Figure, Groups, Item, Part
from server.work.counting import Share, by, settled_between, shares
from server.work.reading import CASE, LOOKED_BACK_DAYS, Seen, Sought, WorkBook
from shared.work.nil import Cell, NilState, cell
from shared.work.periods import Period, periods
from shared.work.receipts import receipt_number
from shared.work.rules import DAY_MS, DEFAULT_RULES
from shared.work.values import DISPUTE, LIVELIHOOD, Action, Step

HAZARDS = ("hazard", "public_order")
SERVICE_KINDS = ("service_request", "maternal")
OTHER_KINDS = ("facility", "environment", "rental", "inflow", "other")
BETWEEN = "/"
"""Between the kind of a case and its number, in what is said of it."""
MUST_REPORTS = ("hazard", "maternal", "inflow", "rental", "facility")
_NIL = {
    NilState.DONE: "nil_in_time",
    NilState.NIL: "nil_in_time",
    NilState.LATE: "nil_late",
    NilState.MISSING: "nil_missing",
    NilState.EXCUSED: "nil_excused",
}


class Work:
    """The work of an area and a period, read once."""

    def __init__(self, conn: Connection, asked: Asked, grids: Mapping[str, Area]) -> None:
        self._asked = asked
        self._grids = grids
        self._book = WorkBook(conn, asked.who, asked.now)
        back = asked.since - LOOKED_BACK_DAYS * DAY_MS
        every = self._book.cases(Sought(since=back))
        self._cases = [one for one in every if one.kind == CASE]
        since, until = asked.since, asked.until
        self._found = [one for one in self._cases if since <= one.case.discovered < until]
        self._settled = settled_between(self._cases, since, until).cases

    @property
    def cases(self) -> Sequence[Seen]:
        """Every case that the office looks back on; reports of harm at home are none of them."""
        return self._cases

    def by_grid(self) -> dict[str, Counter[str]]:
        """How many of some figures each grid has: the same things as behind those figures."""
        found: defaultdict[str, Counter[str]] = defaultdict(Counter)
        left = self._left()
        for key, cases in (
            ("cases_found", self._found),
            ("cases_settled", self._settled),
            ("cases_open", left),
            ("cases_overdue", self._late(left)),
        ):
            for one in cases:
                found[one.grid][key] += 1
        for grid, _, stands in self._cells():
            found[grid].update(_keys(stands))
        return dict(found)

    def groups(self) -> dict[Part, Groups]:
        """The items behind each figure, by section."""
        return {
            Part.DISPUTES: self._disputes(),
            Part.LIVELIHOOD: self._by_sort("livelihood", (LIVELIHOOD,))
            | self._by_sort("requests", SERVICE_KINDS),
            Part.HAZARDS: self._by_sort("hazards", HAZARDS),
            Part.CASES: self._all_cases(),
            Part.DIARY: self._entries(),
            Part.REPORTS: self.reports(),
        }

    def levels(self) -> tuple[Figure, ...]:
        """How much of what was settled each level settled itself, and how long it took."""
        return tuple(_level(share) for share in shares(self._settled))

    def of_level(self, key: str) -> list[Item] | None:
        """The cases behind a figure of `levels`; None where it is none of them."""
        for share in shares(self._settled):
            if key == _level(share).key:
                return _items(share.settled.cases)
        return None

    def _by_sort(self, name: str, sorts: Sequence[str]) -> dict[str, list[Item]]:
        return {
            f"{name}_found": _items(c for c in self._found if c.case.sort in sorts),
            f"{name}_settled": _items(c for c in self._settled if c.case.sort in sorts),
        }

    def _disputes(self) -> dict[str, list[Item]]:
        sessions: defaultdict[str, list[Item]] = defaultdict(list)
        since, until = self._asked.since, self._asked.until
        for one in self._cases:
            for step in _sessions(one, since, until):
                item = _item(one)
                sessions["sessions"].append(item)
                sessions[f"sessions_{step.level.code}"].append(item)
                sessions[f"session_{step.outcome or 'failed'}"].append(item)
        keys = (
            "sessions", "sessions_grid", "sessions_community", "sessions_town", "session_agreed",
            "session_partial", "session_failed", "session_withdrawn",
        )  # fmt: skip
        relapsed = [c for c in self._cases if c.standing.relapsed and c.case.sort == DISPUTE]
        return (
            self._by_sort("disputes", (DISPUTE,))
            | {key: sessions[key] for key in keys}
            | {"disputes_relapsed": _items(relapsed)}
        )

    def _all_cases(self) -> dict[str, list[Item]]:
        left = self._left()
        late = self._late(left)
        spot = [c for c in self._settled if c.standing.closing and c.standing.closing.on_spot]
        in_time = [c for c in self._settled if c.standing.closing and c.standing.closing.in_time]
        return {
            "cases_found": _items(self._found),
            "cases_settled": _items(self._settled),
            "cases_in_time": _items(in_time),
            "cases_on_spot": _items(spot),
            "cases_open": _items(left),
            "cases_overdue": _items(late),
            **{
                f"kind_{kind}": _items(c for c in self._found if c.case.sort == kind)
                for kind in OTHER_KINDS
            },
            **{
                f"must_{must}": _items(c for c in self._found if c.case.must_report == must)
                for must in MUST_REPORTS
            },
        }

    def _left(self) -> list[Seen]:
        """What was found before the end and not settled by then."""
        until = self._asked.until
        return [
            one
            for one in self._cases
            if one.case.discovered < until
            and (
                one.standing.is_open
                or (one.standing.closing is not None and one.standing.closing.at >= until)
            )
        ]

    def _late(self, left: Sequence[Seen]) -> list[Seen]:
        """Of these, what should have been settled before."""
        due = min(self._asked.until, self._asked.now)
        return [one for one in left if one.standing.is_open and one.standing.deadline < due]

    def _entries(self) -> dict[str, list[Item]]:
        until = self._asked.until
        found: dict[str, list[Item]] = {}
        for key, kind in (
            ("diaries", "diary"), ("patrols", "patrol"), ("facility_checks", "facility_check"),
            ("feedback", "feedback"),
        ):  # fmt: skip
            rows = self._book.rows(kind, self._asked.who.grids, self._asked.since)
            found[key] = [self._entry(kind, row) for row in rows if row.at < until]
        return found

    def _entry(self, kind: str, row: Row[tuple[object, ...]]) -> Item:
        """Called by when and where it was written: what it says may be of a household."""
        when = f"{town_time(row.at):%Y-%m-%d %H:%M}"
        return Item(kind, str(row.id), f"{when} · {self._grids[row.grid].name}")

    def reports(self) -> dict[str, list[Item]]:
        """Each day or week of each grid that ends in the period, as it stands on the board."""
        found: dict[str, list[Item]] = {
            key: [] for key in ("nil_expected", *dict.fromkeys(_NIL.values()), "nil_contradicted")
        }
        for grid, period, stands in self._cells():
            item = Item("note", "", f"{self._grids[grid].name} · {period.key}")
            for key in _keys(stands):
                found[key].append(item)
        return found

    def _cells(self) -> Iterator[tuple[str, Period, Cell]]:
        """Every grid and period, in the order of the grids' codes."""
        asked, grids = self._asked, self._asked.who.grids
        rules = self._book.rules(grids)
        # A week may have begun before the first day.
        since, until = asked.since - 8 * DAY_MS, asked.until
        written = self._book.reports(grids, since)
        lately = (one for one in self._cases if since <= one.case.discovered < until)
        cases = by(lately, lambda one: one.grid)
        for grid in sorted(grids, key=lambda grid: self._grids[grid].code):
            own = rules.get(grid, DEFAULT_RULES)
            here = [one.case for one in cases[grid].cases] if grid in cases else []
            for period in periods(asked.first, asked.last, own.rhythm):
                if period.last > asked.last:
                    continue
                reports = written.get(grid, [])
                yield grid, period, cell(period, reports, here, rules=own, now=asked.now)


def _sessions(one: Seen, since: int, until: int) -> list[Step]:
    taken = [*one.standing.took, *(aside.step for aside in one.standing.asides)]
    return [s for s in taken if s.action is Action.SESSION and since <= s.at < until]


def _keys(stands: Cell) -> list[str]:
    """The figures for which a period counts."""
    keys = ["nil_expected", _NIL[stands.state]] if stands.state in _NIL else []
    return [*keys, "nil_contradicted"] if stands.contradicted else keys


def _level(share: Share) -> Figure:
    return Figure(
        key=f"settled_{share.level.code}",
        number=share.settled.number,
        of=share.of,
        days=share.days,
    )


def _items(cases: Iterable[Seen]) -> list[Item]:
    return [_item(one) for one in cases]


def _item(one: Seen) -> Item:
    number = receipt_number(one.case, one.rules.zone)
    return Item(CASE, one.id, f"{one.case.sort}{BETWEEN}{number}")
