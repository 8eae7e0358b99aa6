"""One true example of each message of the admin API. Nobody here is real."""

from collections.abc import Mapping
from types import MappingProxyType

from msgspec import Struct

from server.api.admin.export_messages import AskExport, ExportDecision, ExportList, ExportTold
from server.api.admin.messages import (
    Asked,
    AskWorker,
    CandidateTold,
    ConflictLine,
    ConflictList,
    ConflictTold,
    Decided,
    Decision,
    Done,
    DuplicateLine,
    DuplicateList,
    Edited,
    EditRecord,
    History,
    Me,
    Merge,
    NotSame,
    RecordTold,
    Restore,
    Source,
    Step,
    Unmerge,
)
from server.api.admin.quarantine_messages import Correct, QuarantineList, QuarantineTold, SayWhy
from server.register.waiting_room import QuarantineLine
from shared.wire import Result, Words

_NOW = 1_790_000_000_000
_WORKER = "01966a3e-0000-7000-8000-0000000000a1"
_ACCOUNT = "01966a3e-0000-7000-8000-0000000000a9"
_HOUSEHOLD = "01966a3e-0000-7000-8000-0000000000b1"
_OTHER = "01966a3e-0000-7000-8000-0000000000b2"
_GRID = "01966a3e-0000-7000-8000-0000000000c1"
_DEVICE = "01966a3e-0000-7000-8000-0000000000d1"
_SAVE = "01966a3e-0000-7000-8000-0000000000e2"
_CONFLICT = "01966a3e-0000-7000-8000-0000000000f1"
_RESULT = Result(12, "applied", seq=57)
_EXPORT = ExportTold(
    id=_SAVE, mine=True, kinds=["household"], format="csv", filter="tenure eq 'rented'",
    purpose="report", reason="三季度统计", rows=128, state="open", mark="K7Q2-9FHM",
    asked_at=_NOW, expires_at=_NOW + 604_800_000, taken_at=None,
)  # fmt: skip


def _source(seq: int, who: str) -> Source:
    return Source(
        seq=seq,
        who=_WORKER,
        who_name=who,
        device=_DEVICE,
        claimed=_NOW,
        effective=_NOW,
        base=41,
        visit=None,
        old="13900000000",
    )


_CONFLICT_LINE = ConflictLine(
    id=_CONFLICT,
    record=_HOUSEHOLD,
    record_kind="household",
    title="张建国",
    unit="phone",
    grid=_GRID,
    claim=False,
    open=True,
    opened_at=_NOW,
    opened_seq=43,
)
_QUARANTINE_LINE = QuarantineLine(
    device=_DEVICE,
    n=9,
    state="rejected",
    record=_HOUSEHOLD,
    grid=_GRID,
    worker=_WORKER,
    worker_name="王芳",
    received=_NOW,
    effective=_NOW,
    code="out_of_area",
    why=Words("这条记录不在您负责的网格内。", "This record is not in your grids."),
    units=(),
    long=False,
)

ADMIN_EXAMPLES: Mapping[str, Struct] = MappingProxyType(
    {
        "Me": Me(_ACCOUNT, "陈主任", "example", "community_admin", ["see_records"], [_GRID]),
        "ConflictList": ConflictList(1, 0, [_CONFLICT_LINE]),
        "ConflictTold": ConflictTold(
            id=_CONFLICT,
            record=_HOUSEHOLD,
            record_kind="household",
            title="张建国",
            unit="phone",
            grid=_GRID,
            open=True,
            claim=False,
            opened_at=_NOW,
            base=43,
            candidates=[
                CandidateTold("13911111111", False, [_source(42, "王芳")]),
                CandidateTold("13922222222", True, [_source(43, "李强")]),
            ],
        ),
        "Decision": Decision("13922222222", 43),
        "Decided": Decided(
            outcome="decided", conflict=_CONFLICT, seq=44, by="陈主任", decision="13922222222"
        ),
        "AskWorker": AskWorker(_WORKER, "请当面核对电话号码。"),
        "Asked": Asked(_OTHER),
        "DuplicateList": DuplicateList(
            1,
            0,
            [
                DuplicateLine(
                    one=_HOUSEHOLD,
                    other=_OTHER,
                    record_kind="household",
                    one_grid=_GRID,
                    other_grid=_GRID,
                    score=0.73,
                    reasons=["same_name", "same_phone"],
                    found_at=_NOW,
                )
            ],
        ),
        "Merge": Merge(
            merged=_OTHER, base=40, survivor=_HOUSEHOLD, survivor_base=43, take=["phone"]
        ),
        "Unmerge": Unmerge(_OTHER, 44),
        "NotSame": NotSame(_HOUSEHOLD, _OTHER),
        "Edited": Edited(_SAVE, [_RESULT]),
        "Done": Done(),
        "QuarantineList": QuarantineList(1, 0, [_QUARANTINE_LINE]),
        "QuarantineTold": QuarantineTold(_QUARANTINE_LINE, {"n": 9, "kind": "set"}),
        "Correct": Correct(
            kind="set",
            record=_HOUSEHOLD,
            record_kind="household",
            grid=_GRID,
            base=43,
            units={"phone": "13922222222"},
        ),
        "SayWhy": SayWhy("请补全门牌号后再报。"),
        "RecordTold": RecordTold(
            id=_HOUSEHOLD,
            kind="household",
            grid=_GRID,
            version=43,
            form="1",
            deleted=False,
            alias_of=None,
            answers={"head_name": "张建国", "phone": "13922222222"},
            contested=["phone"],
        ),
        "History": History(
            _HOUSEHOLD,
            [
                Step(
                    seq=43,
                    kind="set",
                    record=_HOUSEHOLD,
                    who=_WORKER,
                    who_name="李强",
                    on_behalf_of=None,
                    device=_DEVICE,
                    claimed=_NOW,
                    effective=_NOW,
                    received=_NOW,
                    base=41,
                    visit=None,
                    save=_SAVE,
                    outcome="conflict",
                    corrects="",
                    units={"phone": "13922222222"},
                    before={"phone": "13911111111"},
                )
            ],
        ),
        "Restore": Restore("phone", 42, 43),
        "EditRecord": EditRecord(kind="set", base=43, units={"people_count": 4}),
        "Result": _RESULT,
        "AskExport": AskExport(
            kinds=["household"],
            format="csv",
            purpose="report",
            reason="三季度统计",
            filter="tenure eq 'rented'",
            columns=["grid", "door", "people_count"],
        ),
        "ExportTold": _EXPORT,
        "ExportList": ExportList([_EXPORT]),
        "ExportDecision": ExportDecision(True),
    }
)
"""By the name of the message."""
