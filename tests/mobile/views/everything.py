"""A device on which there is something to see on every screen, and the address of each screen."""

import io
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

import flet as ft
import msgspec
from PIL import Image

from mobile.store import contact
from mobile.store.store import Store
from mobile.store.values import Draft
from mobile.views.routes import routes
from mobile.views.state.drafts import asked_group
from mobile.views.state.life import Step
from server.forms.compiler import compile_form
from shared.changes import Answer
from shared.files import FileRef
from shared.forms.model import Question, QuestionType, encode_form
from shared.policies import PrivacyClass
from shared.wire import Problem, Result, Words
from tests.mobile.kit import FORMS, GRID, ME, change_of, create, tell
from tests.mobile.views.grid_work import switch_on
from tests.mobile.views.neighbourhood import (
    Neighbourhood,
    dwelling_id,
    household_id,
    record_id,
    resident_id,
)
from tests.mobile.views.surveying import KIND as SURVEYED
from tests.mobile.views.surveying import SURVEY
from tests.mobile.views.test_asked import QUESTION, ask
from tests.mobile.views.test_sketch import place

HOME, CONTESTED, RESTING = (household_id(number) for number in range(3))
CASE, OTHER_CASE, ENTRY = (record_id(80_000 + number) for number in range(1, 4))
DIARY: dict[str, Answer] = {"day": "2026-09-20", "topic": "service", "text": "想要一个快递柜"}
KINDS = ("diary", "patrol", "facility", "finding", "feedback", "nil_report")
NEW = {
    "edit": ("household", HOME),
    "visit": ("visit", None),
    "part": ("resident", None),
    "register": ("household", None),
    "member": ("resident", None),
    "case": ("case", None),
    "own": (SURVEYED, None),
}
"""The forms that are begun: of what record, or of none yet."""
NOT_TAKEN = (
    Result(2, "rejected", problem=Problem("bad", Words("人数不对。", "The number is wrong."))),
    Result(
        3,
        "rejected",
        problem=Problem("returned", Words("办公室退回：请补门牌。", "Sent back: add the plate.")),
    ),
    Result(4, "held"),
)
OFFICE_SAYS: dict[str, dict[str, Answer]] = {
    RESTING: {"visit_policy": "no_visits", "no_visits_until": "2099-02-18"},
    household_id(3): {"visit_policy": "appointment", "needs": "希望加装扶手，儿子周末才在家"},
    household_id(4): {"visit_policy": "phone_only", "marks": ["party_member", "floating"]},
}


class Everything:
    """A neighbourhood with grid work, questions, conflicts, refusals, photos and begun forms."""

    def __init__(self, near: Neighbourhood) -> None:
        self.near = near
        self.drafts: dict[str, Draft] = {}
        ask(near)
        place(near, (1, 1), (1.05, 1), (9, 9), (4, 6))
        cases = {case: ("case", _case()) for case in (CASE, OTHER_CASE)}
        switch_on(near, **cases, **{ENTRY: ("diary", DIARY)})
        near.device.unlock(near.account.id, near.secret)
        store = near.device.store
        self._forms(store)
        self._said(store)
        self._begun(store)
        near.device.lock()

    def addresses(self) -> dict[str, str]:
        """An address of every screen, by what the screen is called in the table of routes."""
        paths = _paths(routes(wide=False))
        return {name: address for path in paths for name, address in self._filled(path)}

    def _filled(self, path: str) -> Iterator[tuple[str, str]]:
        """The address with something in each of its places; several where each looks different."""
        if path == "households/:household/life/:step":
            yield from ((f"life/{step}", f"/households/{HOME}/life/{step}") for step in Step)
            return
        if path == "tasks/entries/:kind":
            yield from ((f"entries/{kind}", f"/tasks/entries/{kind}") for kind in KINDS)
            return
        parts = [self._part(path, part) for part in path.split("/")]
        yield path or "today", "/" + "/".join(parts)

    def _part(self, path: str, part: str) -> str:
        if not part.startswith(":"):
            return part
        drafts = {
            "households/:household/form": "edit",
            "households/:household/visit": "visit",
            "households/register": "register",
            "tasks/form": "case",
            "own/:kind/form": "own",
        }
        before = path.partition(f"/{part}")[0]
        own = before.startswith("own")
        known = {
            ":household": HOME,
            ":door": dwelling_id(0),
            ":kind": SURVEYED if own else "diary",
            ":question": QUESTION,
            ":record": HOME,
            ":unit": "phone",
            ":case": CASE,
            ":entry": ENTRY,
            ":grid": GRID,
            ":period": day_of(self.near.clock.now()),
            ":part": self.drafts["member" if "register" in path else "part"].id,
        }
        if part in (":draft", ":group"):
            return self.drafts[drafts[before]].id
        assert part in known, f"say here what stands for {part} in {path}"
        return known[part]

    def _forms(self, store: Store) -> None:
        """A table of the town's own with every type of question, and visits with a photo."""
        own = compile_form(SURVEY.encode(), ".md", SURVEYED).form
        photo = Question(
            name="plate",
            path="/data/plate",
            type=QuestionType.IMAGE,
            unit="plate",
            label={"zh": "门牌照片", "en": "Photo of the plate"},
            privacy=PrivacyClass.PERSONAL,
        )
        visit = FORMS["visit"]
        visit = msgspec.structs.replace(visit, version="9", children=(*visit.children, photo))
        for form in (own, visit):
            contact.take_form(store.shelf, form.kind, form.version, encode_form(form))
        store.refill()

    def _said(self, store: Store) -> None:
        """What she and others have said: saved, contested, refused, sent back, held."""
        office = self.near.office
        seen = office.records[CONTESTED].version
        mine = change_of(store, "household", CONTESTED, phone="13800138000")
        store.save([mine])
        office.push(store)
        office.write(CONTESTED, {"phone": "13911112222"}, base=seen)
        for household, units in OFFICE_SAYS.items():
            office.write(household, dict(units))
        office.bring(store)
        edits: list[dict[str, Answer]] = [
            {"people_count": -4},
            {"head_name": ""},
            {"needs": "修灯"},
        ]
        for number, edit in enumerate(edits):
            store.save([change_of(store, "household", household_id(5 + number), **edit)])
        tell(store, list(NOT_TAKEN))
        wife: dict[str, Answer] = {"household": HOME, "name": "王秀英", "relation": "1"}
        store.save([create("resident", resident_id(0, 1), **wife, status="living_here")])
        store.save([change_of(store, "household", HOME, phone="13800138111")])
        plate, away = _photo(store), FileRef("a" * 64, 5000, "image/jpeg", "away.jpg")
        for number, (ref, outcome) in enumerate(((plate, "done"), (away, "nobody_home"))):
            visit: dict[str, Answer] = {
                "household": HOME,
                "started": f"2026-09-1{number}T10:00:00+08:00",
                "outcome": outcome,
                "plate": ref.answer,
                "note": "老人耳朵不好，敲门要重一些",
            }
            store.save([create("visit", record_id(90_000 + number), **visit)])

    def _begun(self, store: Store) -> None:
        """A form of every sort, opened and left."""
        for name, (kind, record) in NEW.items():
            first: dict[str, Answer] = {} if record or kind == SURVEYED else {"household": HOME}
            first |= {"started": "2026-09-21T10:00:00+08:00"} if kind == "visit" else {}
            first |= {"case_kind": "hazard"} if kind == "case" else {}
            self.drafts[name] = store.begin(kind, record, answers=first)
        together = {"part": "visit", "register": "register", "member": "register"}
        for name, main in together.items():
            group = self.drafts[main].id
            self.drafts[name] = msgspec.structs.replace(self.drafts[name], group=group)
        for draft in self.drafts.values():
            store.keep(draft)
        asked = msgspec.structs.replace(
            store.begin("question", QUESTION), group=asked_group(HOME, QUESTION)
        )
        store.keep(asked.answered("answer", "已问过本人"))


def _paths(tree: Iterable[ft.Route], above: str = "") -> Iterator[str]:
    """The whole path of every route."""
    for route in tree:
        path = "/".join(part for part in (above, route.path or "") if part)
        yield path
        yield from _paths(route.children or (), path)


def day_of(now: int) -> str:
    """The day of that moment, as a period of daily reports is named."""
    return f"{datetime.fromtimestamp(now / 1000, UTC):%Y-%m-%d}"


def _case() -> dict[str, Answer]:
    return {
        "case_kind": "hazard",
        "text": "楼道堆物",
        "urgency": "normal",
        "household": HOME,
        "worker": ME,
        "discovered_at": "2026-09-18T09:00:00+08:00",
    }


def _photo(store: Store) -> FileRef:
    out = io.BytesIO()
    Image.new("RGB", (640, 360), "#88AACC").save(out, "JPEG")
    return store.files.add(out.getvalue(), "门牌.jpg")
