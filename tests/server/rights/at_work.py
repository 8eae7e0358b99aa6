"""A home with grid work about it, and with other people's next to it."""

import zipfile
from io import BytesIO

import msgspec

from server.clock import new_id
from server.forms.builtin import work_forms
from server.office.audit import Deed
from server.register.edits import Edit
from server.rights.copying import Copying, PersonCopy, RecordCopy
from server.work.steps import Steps
from shared.changes import Answer, ChangeKind
from tests.server.a_town import MINUTE
from tests.server.console.world import Desk
from tests.server.rights.test_erasing import NAME, PHONE, Home

WISH = "想申请轮椅，膝盖疼走不动"
NEIGHBOUR, NEIGHBOUR_PHONE = "赵邻居", "13800007777"


class Worked(Home):
    """The home with grid work about it, and other people's."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        for form in work_forms().values():
            desk.register.publish_form(desk.town.who.town, form)
        self.at = desk.now - 30 * MINUTE
        there = self._create("household", self.at, head_name=NEIGHBOUR, phone=NEIGHBOUR_PHONE)
        self.their_home = there
        self.neighbour = self._create(
            "resident", self.at, household=there, name=NEIGHBOUR, phone=NEIGHBOUR_PHONE
        )
        home = self.household
        self.wish = self.case(home, WISH, asked_by=NAME, asked_phone=PHONE, reported_by="钱楼长")
        self.handled = self.step(self.wish, "handle", text=f"已联系{NAME}送轮椅")
        self.told_of_other = self.step(self.wish, "note", text=f"{NEIGHBOUR}愿意帮忙")
        self.diary = self.create("diary", household=home, topic="other", text="家里老人独居")
        self.finding = self.found(home, text="人数不符", reply="我漏填了")
        self.must = self.case(home, "楼道堆放气瓶的是这一户", must_report="hazard")
        self.office = self.case("", "代办老年卡", asked_by="老人本人", asked_phone=PHONE)
        self.theirs = self.case(there, "路灯不亮", asked_by=NEIGHBOUR)
        self.kept = self.step(self.theirs, "handle", text="已报修")
        other = "欧阳爱国强"
        self.others_wish = self.case(home, "想学电脑", asked_by=other, asked_phone=PHONE)
        self.maternal = self.case(
            home, "想约产检", case_kind="maternal", consent="yes", must_report="maternal"
        )

    def create(self, kind: str, **units: Answer) -> str:
        return self._create(kind, self.at, **units)

    def case(self, household: str, text: str, **more: Answer) -> str:
        units = {"case_kind": "livelihood", "urgency": "normal", "text": text} | more
        return self.create("case", **(units | ({"household": household} if household else {})))

    def step(self, case: str, action: str, **more: Answer) -> str:
        units = {"case": case, "action": action, "level": "grid", "turn": "0"} | more
        return self.create("case_step", **units)

    def found(self, household: str, **said: Answer) -> str:
        """What the office writes of an inspection."""
        units: dict[str, Answer] = {"household": household, "severity": "minor", **said}
        made = Edit(
            kind=ChangeKind.CREATE, record=new_id(self.at), record_kind="finding",
            grid=self.grid, units=units,
        )  # fmt: skip
        self.desk.register.deeds.edit(self.desk.accounts["town"], [made], Deed.EDITED, "")
        return made.record

    @property
    def steps(self) -> Steps:
        services = self.desk.town.services
        return Steps(services.register, services.engine, services.clock)

    def settle(self, case: str) -> None:
        self.steps.withdraw(self.desk.accounts["community"], case, "已了结")

    def dispute(self) -> tuple[str, str]:
        case = self.case(
            self.their_home, "两家为噪音争吵", case_kind="dispute", asked_by=NEIGHBOUR,
            parties=f"{NEIGHBOUR}、{NAME}（{PHONE}）",
        )  # fmt: skip
        step = self.step(
            case, "session", outcome="agreed", agreement=f"{NAME}晚上不用电钻",
            participants=f"{NEIGHBOUR}、{NAME}",
        )  # fmt: skip
        return case, step

    def harm(self) -> tuple[str, str]:
        report = self.create(
            "protection", household=self.household, urgency="urgent", case_kind="dispute",
            text=f"{NAME}打人，是{NEIGHBOUR}听见的", safe_contact="周一到居委会",
        )  # fmt: skip
        said: dict[str, Answer] = {"text": f"已告诫{NAME}"}
        who = self.desk.accounts["community"]
        return report, self.steps.take(who, report, "handle", said, turn=0)

    def copy(self) -> tuple[dict[str, RecordCopy], str]:
        """The grid work of the person's copy by record, and all of its text."""
        made = Copying(self.desk.town.services)
        packed = made.give(self.desk.accounts["town"], self.person, "request 1")
        with zipfile.ZipFile(BytesIO(packed)) as archive:
            data, page = (archive.read(name).decode() for name in ("data.json", "data.html"))
        work = msgspec.json.decode(data, type=PersonCopy).work
        return {each.id: each for each in work}, data + page
