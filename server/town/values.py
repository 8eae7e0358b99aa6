"""What an invented town is made of: plain values, for whoever loads them into a register."""

from datetime import date
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from shared.changes import Answer, ChangeKind


class TownSize(Struct, frozen=True, kw_only=True):
    """A town's name, its fictitious area code and how much of everything it has."""

    code: str
    """Nine digits. Prefecture 99 is assigned in no province, so no real town has it."""
    name: str
    communities: int
    """Urban ones, with a residents' committee."""
    villages: int
    """Rural ones, with a villagers' committee."""
    grids: int
    workers: int
    households: int


DEMO = TownSize(
    code="329901100",
    name="望禾镇",
    communities=1,
    villages=0,
    grids=4,
    workers=18,
    households=1_200,
)
"""One community, as somebody at a desk can look through it."""

FULL = TownSize(
    code="329901101",
    name="清禾镇",
    communities=2,
    villages=18,
    grids=94,
    workers=120,
    households=30_000,
)
"""A whole town: some 90,000 residents."""


def scaled(size: TownSize, households: int) -> TownSize:
    """The same town with so many households, and the rest in proportion: never fewer than one."""
    share = households / size.households

    def part(whole: int, least: int) -> int:
        return max(min(whole, least), round(whole * share))

    communities, villages = part(size.communities, 1), part(size.villages, 1)
    return replace(
        size,
        communities=communities,
        villages=villages,
        grids=part(size.grids, 2 * (communities + villages)),
        workers=part(size.workers, 3 * (communities + villages)),
        households=households,
    )


class TownPlan(Struct, frozen=True, kw_only=True):
    """What makes one invented town: the same plan gives the same town, to the letter."""

    size: TownSize = DEMO
    today: date
    """Ages, visits and leases are as of this day."""
    seed: int = 1


class AreaKind(StrEnum):
    """The levels of a town's tree."""

    TOWN = "town"
    COMMUNITY = "community"
    GRID = "grid"


class Area(Struct, frozen=True, kw_only=True):
    """A node of the tree: a town and a community have 12 digits, a grid 15."""

    code: str
    name: str
    kind: AreaKind
    parent: str = ""
    """The code of the area above; empty for the town."""
    rural: bool = False


class Role(StrEnum):
    """What a worker does in a grid, or what an account may do on the console."""

    TOWN_ADMIN = "town_admin"
    COMMUNITY_ADMIN = "community_admin"
    GRID_LEADER = "grid_leader"
    AUDITOR = "auditor"
    DEPARTMENT = "department"
    WORKER = "worker"


class Duty(Struct, frozen=True):
    """A worker's duty in one grid."""

    grid: str
    role: Role


class Worker(Struct, frozen=True, kw_only=True):
    """A grid worker."""

    staff_no: str
    name: str
    phone: str
    duties: tuple[Duty, ...]


class Account(Struct, frozen=True, kw_only=True):
    """Someone who signs in to the console. Whoever loads it makes the password."""

    login: str
    name: str
    role: Role
    area: str
    """The code of the area that the account sees, with all below it."""
    post: str = ""
    """Of a department, whose cases it sees."""


class Town(Struct, frozen=True, kw_only=True):
    """Everything of a town but its records, which `records` makes as they are asked for."""

    plan: TownPlan
    area: Area
    communities: tuple[Area, ...]
    grids: tuple[Area, ...]
    households: tuple[int, ...]
    """How many households each grid has."""
    workers: tuple[Worker, ...]
    accounts: tuple[Account, ...]

    @property
    def areas(self) -> tuple[Area, ...]:
        """Every node of the tree, from the town down."""
        return (self.area, *self.communities, *self.grids)


class TownRecord(Struct, frozen=True, kw_only=True):
    """A record as it was first written down, or what a later visit changed of it."""

    change: ChangeKind = ChangeKind.CREATE
    """`create` with all the answers; `set` with those that the visit changed."""
    kind: str
    """dwelling, household, resident or visit."""
    id: str
    grid: str
    worker: str
    """The staff number of whoever wrote it down."""
    at: int
    """When, in milliseconds since the epoch."""
    answers: dict[str, Answer]
    visit: str | None = None
    """The id of the visit during which a `set` was made."""
