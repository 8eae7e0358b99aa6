"""Ten days of grid work in the demo: cases in every state, reports, a diary, facilities."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from msgspec import Struct
from sqlalchemy import Engine, select
from sqlmodel import col

from server.clock import TOWN_ZONE, new_id, town_time
from server.db.engine import reading
from server.db.projections import HouseholdRow
from server.demo.hands import Hand, SetClock
from server.office.audit import Deed
from server.office.people import AccountIdentity
from server.register.edits import Edit
from server.register.register import Register
from server.work.steps import Steps
from shared.changes import Answer, Change, ChangeKind
from shared.work.calendar import Calendar
from shared.work.reading import SUBJECTS

DAYS = 10
REPORT_HOUR = 17
MISSED_DAY, CONTRADICTED_DAY = 5, 4
"""So many days ago nobody reported; nothing was reported although something was found."""


class Written(Struct, frozen=True, kw_only=True):
    """Something that a worker writes down: so many days ago, at that hour."""

    days: int
    hour: int
    kind: str
    units: Mapping[str, Answer]
    key: str = ""
    """What later lines call it."""
    about: str = ""
    """The line that it refers to, by its key."""
    by: int = 0
    """Which of the grid's workers."""


def _case(days: int, hour: int, key: str, by: int = 0, **units: Answer) -> Written:
    said = {"urgency": "normal", **units}
    return Written(days=days, hour=hour, kind="case", units=said, key=key, by=by)


def _step(when: tuple[int, int], about: str, action: str, by: int = 0, **units: Answer) -> Written:
    """when: so many days ago, at that hour."""
    days, hour = when
    said = {"action": action, "level": "grid", "turn": "0", **units}
    return Written(days=days, hour=hour, kind="case_step", units=said, about=about, by=by)


STORY = (
    _case(10, 9, "boxes", case_kind="hazard", must_report="hazard", risk="medium",
          text="2 号楼楼道堆放纸箱，挡住消防通道", place="2 号楼 1 单元"),
    _step((10, 9), "boxes", "close", on_spot="yes", text="当场请住户搬走"),
    _case(9, 14, "bins", case_kind="environment", text="垃圾桶满溢，夏天有异味", place="北门"),
    _case(8, 10, "lamp", 1, case_kind="facility", must_report="facility",
          text="3 号楼前路灯不亮", place="3 号楼前"),
    _step((7, 9), "lamp", "accept", 1),
    _step((6, 11), "lamp", "escalate", 1, reason="线路老化，需供电部门更换"),
    _case(7, 16, "drip", case_kind="dispute", dispute_kind="neighbour",
          text="楼上空调滴水，两家争执"),
    _step((5, 19), "drip", "session", session_place="home", participants="双方、网格员",
          outcome="failed", text="双方各说各理"),
    _case(6, 15, "aid", case_kind="livelihood", text="老人住院，自付费用负担重"),
    _step((5, 9), "aid", "accept"),
    _step((5, 15), "aid", "consult", invitees="网格长、民政协理员", opinions="符合临时救助条件",
          decision="由社区出具证明"),
    _case(CONTRADICTED_DAY, 11, "gas", case_kind="hazard", must_report="hazard", risk="high",
          urgency="urgent", text="一楼燃气软管老化，有异味", place="5 号楼 101"),
    _step((3, 9), "gas", "close", text="软管已更换"),
    _step((3, 9), "gas", "escalate", 1, reason="建议整栋检查"),
    _case(2, 10, "rail", 1, case_kind="service_request", asked_how="phone",
          text="申请在楼梯加装扶手"),
    _case(2, 16, "rent", case_kind="rental", must_report="rental", people=3,
          text="4 号楼一户新出租，住进三人"),
    Written(days=9, hour=10, kind="facility", key="light",
            units={"facility_kind": "lamp", "name": "3 号楼前路灯", "place": "3 号楼前",
                   "state": "good"}),
    Written(days=9, hour=11, kind="facility", key="bench",
            units={"facility_kind": "bench", "name": "小广场长椅", "place": "小广场",
                   "state": "good"}),
    Written(days=2, hour=9, kind="facility_check", about="bench", units={"state": "good"}),
    Written(days=8, hour=18, kind="diary", units={"topic": "surroundings", "source": "resident",
            "text": "多位居民希望增设垃圾分类点", "action": "已转社区"}),
    Written(days=3, hour=18, kind="diary", by=1, units={"topic": "services", "source": "resident",
            "text": "老人不会用手机缴费，希望有人教", "action": "约好周六上门"}),
    Written(days=6, hour=17, kind="patrol", units={"places": "1 号楼至 4 号楼",
            "found": "nothing"}),
    Written(days=1, hour=10, kind="patrol", by=1, units={"places": "5 号楼、小广场",
            "found": "something", "text": "井盖松动，已设警示"}),
    Written(days=3, hour=20, kind="feedback", units={"feedback_kind": "suggestion",
            "text": "希望字再大一点", "answer_wanted": "yes"}),
)  # fmt: skip
_ABOUT = {"case_step": "case", "facility_check": "facility"}


class Place(Struct, frozen=True):
    """A grid, its workers and the office above them."""

    grid: str
    hands: tuple[Hand, ...]
    community: AccountIdentity


class WorkDays(Struct, frozen=True):
    """Writes the days down through phones and console, as they would have come in."""

    engine: Engine
    register: Register
    clock: SetClock
    now: int

    def write(self, place: Place) -> int:
        """The days of one grid; how many changes that were."""
        ids: dict[str, str] = {}
        self.clock.at = self._at(DAYS, 8)
        self._rules(place)
        lines = [*STORY, *self._reports()]
        for line in sorted(lines, key=lambda line: (-line.days, line.hour)):
            at = self.clock.at = self._at(line.days, line.hour)
            hand = place.hands[line.by % len(place.hands)]
            record = new_id(at)
            if line.key:
                ids[line.key] = record
            hand.write([self._change(place, hand, line, (record, ids))], self.register)
            hand.push(self.register)
        self.clock.at = self._at(1, 16)
        steps = Steps(self.register, self.engine, self.clock)
        steps.take(place.community, ids["lamp"], "transfer", {"to": "urban"}, turn=1)
        return len(lines)

    def _change(
        self, place: Place, hand: Hand, line: Written, made: tuple[str, Mapping[str, str]]
    ) -> Change:
        record, ids = made
        units = dict(line.units)
        when = town_time(self.clock.at)
        if line.about:
            units[_ABOUT[line.kind]] = ids[line.about]
        if line.kind == "case":
            units["discovered_at"] = when.isoformat()
        if line.kind in ("patrol", "facility_check"):
            units["at"] = when.isoformat()
        if line.kind == "diary":
            units["day"] = when.date().isoformat()
        if line.key == "aid" and (household := self._household(place.grid)):
            units["household"] = household
        return Change(
            n=0,
            save=new_id(self.clock.at),
            kind=ChangeKind.CREATE,
            record=record,
            record_kind=line.kind,
            grid=place.grid,
            worker=hand.device.worker_id,
            at=self.clock.at,
            units=units,
        )

    def _reports(self) -> Iterator[Written]:
        """What was reported at the end of each working day."""
        for days in range(DAYS, 0, -1):
            day = town_time(self._at(days, REPORT_HOUR)).date()
            if days == MISSED_DAY or not Calendar().is_working(day):
                continue
            found = {line.units["case_kind"] for line in STORY if line.days == days and line.key
                     and line.kind == "case"}  # fmt: skip
            has = set() if days == CONTRADICTED_DAY else found & set(SUBJECTS)
            said = {subject: "has" if subject in has else "nil" for subject in SUBJECTS}
            units: dict[str, Answer] = {"period": day.isoformat(), **said}
            yield Written(days=days, hour=REPORT_HOUR, kind="nil_report", units=units)

    def _rules(self, place: Place) -> None:
        edit = Edit(
            kind=ChangeKind.CREATE,
            record=new_id(self.clock.at),
            record_kind="work_rules",
            grid=place.grid,
            units={"rhythm": "daily", "maternal": "no", "closes": "18:00"},
        )
        self.register.deeds.edit(place.community, [edit], Deed.RULES_SET, place.grid)

    def _household(self, grid: str) -> str:
        wanted = select(col(HouseholdRow.id)).where(col(HouseholdRow.grid) == grid)
        with reading(self.engine) as conn:
            return str(conn.execute(wanted.order_by(col(HouseholdRow.id))).scalar() or "")

    def _at(self, days: int, hour: int) -> int:
        """That hour of a day in the town, ms."""
        day = town_time(self.now).date() - timedelta(days=days)
        moment = datetime(day.year, day.month, day.day, hour, 10, tzinfo=TOWN_ZONE)
        return round(moment.timestamp() * 1000)
