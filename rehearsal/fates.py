"""What becomes of a case in a rehearsal: who does what, how many hours after the step before."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from msgspec import Struct

from server.town.chance import Weighted
from shared.work.values import Action


class Who(StrEnum):
    """Who takes a step."""

    PHONE = "phone"
    """The worker who noted it down."""
    COMMUNITY = "community"
    TOWN = "town"
    DEPARTMENT = "department"


class Move(Struct, frozen=True):
    """One step. A value such as "+10" is the day so many days ahead."""

    hours: float
    who: Who
    action: Action
    said: Mapping[str, str] = MappingProxyType({})


_REASON = {"reason": "超出网格能力，请上级协调"}
_FAILED = {"session_place": "home", "participants": "双方、网格员", "outcome": "failed",
           "text": "各执一词"}  # fmt: skip
_AGREED = {"session_place": "community", "participants": "双方、调解员", "outcome": "agreed",
           "agreement": "双方各让一步，三日内履行"}  # fmt: skip
_JOINT = {"session_place": "community", "participants": "双方、司法所、民警", "joint": "yes",
          "outcome": "partial"}  # fmt: skip
_PHONE, _COMMUNITY, _TOWN, _DEPARTMENT = Who
_UP = (
    Move(2, _PHONE, Action.ACCEPT),
    Move(3, _PHONE, Action.ESCALATE, _REASON),
)
_OK, _NOT_OK = {"result": "ok"}, {"result": "not_ok"}

CASES: Mapping[str, tuple[Move, ...]] = MappingProxyType(
    {
        "on the spot": (Move(0.1, _PHONE, Action.CLOSE, {"on_spot": "yes", "text": "当场处理"}),),
        "by the grid": (
            Move(2, _PHONE, Action.ACCEPT),
            Move(20, _PHONE, Action.CLOSE, {"text": "已处理"}),
            Move(16, _COMMUNITY, Action.VERIFY, _OK),
        ),
        "by the community": (
            *_UP,
            Move(10, _COMMUNITY, Action.ACCEPT),
            Move(2, _COMMUNITY, Action.HANDLE, {"text": "已联系物业"}),
            Move(18, _COMMUNITY, Action.CLOSE, {"text": "物业已修复"}),
            Move(5, _TOWN, Action.VERIFY, _OK),
        ),
        "by the town": (
            *_UP,
            Move(8, _COMMUNITY, Action.ACCEPT),
            Move(3, _COMMUNITY, Action.ESCALATE, _REASON),
            Move(8, _TOWN, Action.ACCEPT),
            Move(14, _TOWN, Action.CLOSE, {"text": "镇里已安排施工"}),
        ),
        "by a department": (
            *_UP,
            Move(6, _COMMUNITY, Action.TRANSFER, {"to": "urban"}),
            Move(10, _DEPARTMENT, Action.ACCEPT),
            Move(18, _DEPARTMENT, Action.CLOSE, {"text": "已整治"}),
            Move(5, _COMMUNITY, Action.VERIFY, _OK),
        ),
        "handed back": (
            *_UP,
            Move(6, _COMMUNITY, Action.RETURN, {"reason": "网格内可以解决"}),
            Move(5, _PHONE, Action.ACCEPT),
            Move(10, _PHONE, Action.CLOSE, {"text": "已处理"}),
        ),
        "not settled at first": (
            Move(3, _PHONE, Action.CLOSE, {"text": "已处理"}),
            Move(14, _COMMUNITY, Action.VERIFY, _NOT_OK),
            Move(8, _PHONE, Action.CLOSE, {"text": "重新处理"}),
            Move(14, _COMMUNITY, Action.VERIFY, _OK),
        ),
        "more time": (
            Move(1, _PHONE, Action.ACCEPT),
            Move(5, _PHONE, Action.ASK, {"reason": "等待配件"}),
            Move(8, _COMMUNITY, Action.EXTEND, {"reason": "同意延期", "until": "+12"}),
        ),
        "suspended": (
            Move(1, _PHONE, Action.ACCEPT),
            Move(5, _PHONE, Action.SUSPEND, {"reason": "当事人外出", "until": "+10"}),
        ),
        "consulted about": (
            Move(2, _PHONE, Action.ACCEPT),
            Move(8, _PHONE, Action.CONSULT, {"invitees": "网格长、民政协理员",
                                             "opinions": "符合条件", "decision": "按程序申请"}),
            Move(20, _PHONE, Action.CLOSE, {"text": "已办结"}),
            Move(10, _COMMUNITY, Action.VERIFY, _OK),
        ),
        "withdrawn": (Move(5, _PHONE, Action.WITHDRAW, {"reason": "提出人撤回"}),),
        "accepted": (Move(3, _PHONE, Action.ACCEPT),),
        "waiting": (),
    }
)  # fmt: skip
"""What becomes of all but disputes."""
DISPUTES: Mapping[str, tuple[Move, ...]] = MappingProxyType(
    {
        "agreed at once": (
            Move(4, _PHONE, Action.SESSION, _AGREED),
            Move(20, _COMMUNITY, Action.VERIFY, _OK),
        ),
        "agreed above": (
            Move(4, _PHONE, Action.SESSION, _FAILED),
            Move(1, _PHONE, Action.ESCALATE, _REASON),
            Move(20, _COMMUNITY, Action.SESSION, _AGREED),
            Move(5, _TOWN, Action.VERIFY, _OK),
        ),
        "three levels": (
            Move(3, _PHONE, Action.SESSION, _FAILED),
            Move(1, _PHONE, Action.ESCALATE, _REASON),
            Move(14, _COMMUNITY, Action.SESSION, _JOINT),
            Move(1, _COMMUNITY, Action.ESCALATE, _REASON),
            Move(16, _TOWN, Action.SESSION, _AGREED),
        ),
        "taken back": (
            Move(6, _PHONE, Action.SESSION, {"participants": "双方", "outcome": "withdrawn"}),
        ),
        "dragging on": (Move(8, _PHONE, Action.SESSION, _FAILED),),
    }
)
"""What becomes of disputes."""
OF_CASES = Weighted(
    {
        "on the spot": 22, "by the grid": 20, "by the community": 12, "by the town": 6,
        "by a department": 7, "handed back": 5, "not settled at first": 4, "more time": 4,
        "suspended": 3, "consulted about": 4, "withdrawn": 3, "accepted": 6, "waiting": 4,
    }
)  # fmt: skip
OF_DISPUTES = Weighted(
    {"agreed at once": 35, "agreed above": 25, "three levels": 15, "taken back": 8,
     "dragging on": 17}
)  # fmt: skip
