"""Who may do what: the fixed roles and the one policy table. Where, is the area's matter."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from shared.wire import Words


class Role(StrEnum):
    """What somebody is in the office. Each sees an area and all below it."""

    TOWN_ADMIN = "town_admin"
    COMMUNITY_ADMIN = "community_admin"
    GRID_LEADER = "grid_leader"
    AUDITOR = "auditor"
    DEPARTMENT = "department"
    """A department or mediator: sees the cases that were handed to its post, and nothing else."""
    WORKER = "worker"
    """Has a device, not an account."""
    BUILDING_LEADER = "building_leader"
    """Has a device that reports and hears what came of it; the register never reaches it."""


class Action(StrEnum):
    """What the policy decides about."""

    SEE_RECORDS = "see_records"
    EDIT_RECORDS = "edit_records"
    DECIDE = "decide"
    """Decides conflicts."""
    REVEAL = "reveal"
    """Sees a masked answer in clear, with a reason."""
    IMPORT = "import"
    EXPORT = "export"
    READ_FEED = "read_feed"
    """Lets a program read records as a feed, masked, so many a day."""
    SEE_STAFF = "see_staff"
    """Sees workers, their duties and devices."""
    MANAGE_WORKERS = "manage_workers"
    """Adds and changes workers and their duties."""
    ENROL = "enrol"
    """Gives enrolment codes."""
    MANAGE_DEVICES = "manage_devices"
    """Revokes devices and marks them lost."""
    RESCUE = "rescue"
    """Agrees that a device whose PIN was forgotten is let in: it takes two."""
    SEE_AREAS = "see_areas"
    MANAGE_AREAS = "manage_areas"
    SEE_ACCOUNTS = "see_accounts"
    MANAGE_ACCOUNTS = "manage_accounts"
    MANAGE_SERVICE = "manage_service"
    """Keeps the directory of numbers and the stations, and prints cards and boards."""
    ASSESS = "assess"
    """Signs the monthly assessment of grids."""
    INSPECT = "inspect"
    """Draws samples for the weekly inspection, notes findings and closes it."""
    SET_SCHEME = "set_scheme"
    """Switches assessments on or off, and sets their formula."""
    REPORT_COLLECTION = "report_collection"
    """Says for a community or village that its collection is done."""
    ACCEPT_COLLECTION = "accept_collection"
    """Looks through what was reported, accepts it or returns it."""
    PUBLISH_FORMS = "publish_forms"
    SEE_AUDIT = "see_audit"
    HANDLE_RIGHTS = "handle_rights"
    """Writes down what people ask of their own data, gives them a copy, restricts it."""
    ERASE = "erase"
    """Erases a person for good, and says for how long records are kept."""
    SEE_CASES = "see_cases"
    """Sees cases and reports: of the own area, or those handed to the own post."""
    HANDLE_CASES = "handle_cases"
    """Takes steps of cases, as far as level and post go."""
    SET_RULES = "set_rules"
    """Sets rhythms, deadlines and days off of grids, and excuses reports."""


ROLE_WORDS: Mapping[Role, Words] = MappingProxyType(
    {
        Role.TOWN_ADMIN: Words("镇管理员", "Town admin"),
        Role.COMMUNITY_ADMIN: Words("社区管理员", "Community admin"),
        Role.GRID_LEADER: Words("网格长", "Grid leader"),
        Role.AUDITOR: Words("审计员", "Auditor"),
        Role.DEPARTMENT: Words("部门经办人", "Department"),
        Role.WORKER: Words("网格员", "Grid worker"),
        Role.BUILDING_LEADER: Words("楼长", "Building leader"),
    }
)
DUTY_ROLES = (Role.WORKER, Role.BUILDING_LEADER)
"""The roles of those who have a device."""
ACCOUNT_ROLES = (
    Role.TOWN_ADMIN,
    Role.COMMUNITY_ADMIN,
    Role.GRID_LEADER,
    Role.AUDITOR,
    Role.DEPARTMENT,
)
"""The roles of those who sign in to the console."""

_GRID_LEADER = frozenset(
    {
        Action.SEE_RECORDS,
        Action.EDIT_RECORDS,
        Action.DECIDE,
        Action.REVEAL,
        Action.SEE_STAFF,
        Action.SEE_AREAS,
        Action.SEE_CASES,
        Action.HANDLE_CASES,
    }
)
_COMMUNITY_ADMIN = _GRID_LEADER | {
    Action.SET_RULES,
    Action.IMPORT,
    Action.EXPORT,
    Action.READ_FEED,
    Action.HANDLE_RIGHTS,
    Action.MANAGE_WORKERS,
    Action.ENROL,
    Action.MANAGE_DEVICES,
    Action.RESCUE,
    Action.MANAGE_SERVICE,
    Action.ASSESS,
    Action.REPORT_COLLECTION,
    Action.INSPECT,
}
POLICY: Mapping[Role, frozenset[Action]] = MappingProxyType(
    {
        Role.TOWN_ADMIN: frozenset(Action),
        Role.COMMUNITY_ADMIN: _COMMUNITY_ADMIN,
        Role.GRID_LEADER: _GRID_LEADER,
        Role.AUDITOR: frozenset(
            {
                Action.SEE_RECORDS,
                Action.SEE_STAFF,
                Action.SEE_AREAS,
                Action.SEE_ACCOUNTS,
                Action.SEE_AUDIT,
                Action.SEE_CASES,
            }
        ),
        Role.DEPARTMENT: frozenset({Action.SEE_CASES, Action.HANDLE_CASES}),
        Role.WORKER: frozenset(),
        Role.BUILDING_LEADER: frozenset(),
    }
)
"""A worker acts through a device: its scope is the assignment, not this table."""


def may(role: Role, action: Action) -> bool:
    """Whether the role may do this at all, in its own area."""
    return action in POLICY[role]
