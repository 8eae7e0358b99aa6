"""One true example of each message, for the API's description. Nobody here is real."""

from collections.abc import Mapping
from types import MappingProxyType

import msgspec
from msgspec import Raw, Struct

from server.api.admin.examples import ADMIN_EXAMPLES
from server.api.health import Health
from server.version import VERSION
from shared.changes import Change, ChangeKind
from shared.clock import Reading
from shared.codec import packed
from shared.records import Candidate, Record, Write
from shared.rescue import AskRescue, Rescue, RescueState, Wiped
from shared.wire import (
    FIRST_DIGEST,
    Area,
    CarriedReply,
    Enrol,
    Enrolled,
    Incarnate,
    Link,
    Page,
    PartSum,
    Problem,
    Pull,
    Push,
    PushReply,
    Report,
    Result,
    SnapshotPage,
    Sums,
    Words,
    chained,
    checksum,
)

_NOW = 1_790_000_000_000
_DEVICE = "01966a3e-0000-7000-8000-0000000000d1"
_WORKER = "01966a3e-0000-7000-8000-0000000000a1"
_GRID = "01966a3e-0000-7000-8000-0000000000c1"
_HOUSEHOLD = "01966a3e-0000-7000-8000-0000000000b1"
_CURSOR = "eyJlIjoiMDE5NjZhM2UiLCJnIjp7fX0.c2lnbmF0dXJl"
_CLOCK = Reading(wall=_NOW, boot="9f1c", mono=81_000)

CHANGE = Change(
    n=8,
    save="01966a3e-0000-7000-8000-0000000000e1",
    kind=ChangeKind.SET,
    record=_HOUSEHOLD,
    record_kind="household",
    grid=_GRID,
    worker=_WORKER,
    at=_NOW,
    boot="9f1c",
    mono=80_000,
    base=41,
    units={"phone": "13900000000", "people_count": 4},
    old={"phone": "13911111111", "people_count": 3},
    form="1",
)
_DIGEST = chained(FIRST_DIGEST, msgspec.json.encode(CHANGE))
_WRITE = Write(42, _DEVICE, 8, 41, _WORKER, _NOW, _NOW)
_RECORD = packed(
    Record(
        id=_HOUSEHOLD,
        kind="household",
        version=42,
        form="1",
        units={
            "@grid": (Candidate([None, _GRID], (_WRITE,)),),
            "phone": (Candidate("13900000000", (_WRITE,)),),
        },
    )
)
_AREA = Area(_GRID, "第一网格", "329901100001001", ("示例镇", "河东社区"))
_REPORT = Report(app="0.1.0", unsent=1, oldest_unsent=_NOW, free_bytes=8_000_000_000)

EXAMPLES: Mapping[str, Struct] = MappingProxyType(
    {
        "Change": CHANGE,
        "Push": Push(
            device=_DEVICE,
            after=FIRST_DIGEST,
            clock=_CLOCK,
            changes=[Raw(msgspec.json.encode(CHANGE))],
            offsets={"9f1c": -1_200},
            report=_REPORT,
        ),
        "PushReply": PushReply(
            last_n=8, digest=_DIGEST, results=[Result(8, "applied", seq=42)], now=_NOW
        ),
        "Pull": Pull(cursor=_CURSOR, clock=_CLOCK, report=_REPORT),
        "Page": Page(
            cursor=_CURSOR,
            more=False,
            now=_NOW,
            records=[_RECORD],
            grids=[_AREA],
            forms={"household": "1"},
            people={_WORKER: "王芳"},
            checksums={_GRID: checksum(_HOUSEHOLD, 42)},
        ),
        "SnapshotPage": SnapshotPage(
            grid=_GRID, seq=42, total=1, records=[_RECORD], cursor=_CURSOR
        ),
        "CarriedReply": CarriedReply(3),
        "Sums": Sums(_GRID, 42, [PartSum("", 1, checksum(_HOUSEHOLD, 42))]),
        "Enrol": Enrol(
            code="K7Q2-9FHM-3XWP",
            public_key="11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
            platform="android",
            app="0.1.0",
        ),
        "Enrolled": Enrolled(
            device=_DEVICE,
            token=f"example.{_DEVICE}.c2VjcmV0",
            worker=_WORKER,
            worker_name="王芳",
            town="example",
            town_name="示例镇",
            fingerprint="苹果 灯塔 小猫 竹笋 钥匙 春天",
            grids=[_AREA],
            now=_NOW,
        ),
        "Incarnate": Incarnate([Link(1, _DIGEST)]),
        "AskRescue": AskRescue(
            device=_DEVICE,
            account="01966a3e-0000-7000-8000-0000000000f1",
            box="c2VhbGVk",
            waiting="11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
            secret_hash=FIRST_DIGEST,
        ),
        "Rescue": Rescue(
            "01966a3e-0000-7000-8000-0000000000f2", RescueState.HALF, _NOW + 86_400_000
        ),
        "Wiped": Wiped(_DEVICE, _NOW),
        "Problem": Problem(
            "gap",
            Words("有更早的修改尚未送达，请重新同步。", "Earlier changes have not arrived yet."),
            last_n=7,
            digest=FIRST_DIGEST,
        ),
        "Health": Health("ok", VERSION, "ok"),
        **ADMIN_EXAMPLES,
    }
)
"""By the name of the message."""
