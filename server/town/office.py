"""The tree of an invented town and the people who work for it."""

from collections.abc import Iterator
from random import Random

from server.town.chance import split
from server.town.names import person_name
from server.town.numbers import Numbers
from server.town.values import (
    Account,
    Area,
    AreaKind,
    Duty,
    Role,
    Town,
    TownPlan,
    TownSize,
    Worker,
)

COMMUNITY_NAMES = ("春和社区", "锦禾社区", "安澜社区", "明远社区")
VILLAGE_NAMES = (
    "柳堤村", "南桥村", "北桥村", "杏园村", "竹溪村", "石塘村", "大湾村", "小湾村", "荷塘村",
    "枫树村", "桂花村", "新塘村", "上河村", "下河村", "东陈村", "西陈村", "杨家村", "高桥村",
)  # fmt: skip
FIRST_VILLAGE = 200
"""Villagers' committees have the codes from here on."""
OFFICE_PLACE = 4_000
"""The office's phones come after those of all grids."""
_ORDINALS = "一二三四五六七八九"


def lay_out(plan: TownPlan) -> Town:
    """The town's areas, workers and accounts, and how many households each grid has."""
    random = Random(f"{plan.seed}/{plan.size.code}")
    communities = tuple(_communities(plan.size))
    grids = tuple(_grids(plan.size, communities))
    workers = tuple(_workers(plan, grids, random))
    return Town(
        plan=plan,
        area=_town(plan.size),
        communities=communities,
        grids=grids,
        households=split(plan.size.households, len(grids), random),
        workers=workers,
        accounts=tuple(_accounts(plan.size, (*communities, *grids), random)),
    )


def ordinal(number: int) -> str:
    """第一, 第二 … as the names of grids have it."""
    tens, ones = divmod(number, 10)
    ten = "" if not tens else "十" if tens == 1 else _ORDINALS[tens - 1] + "十"
    return "第" + ten + (_ORDINALS[ones - 1] if ones else "")


def _town(size: TownSize) -> Area:
    return Area(code=size.code + "000", name=size.name, kind=AreaKind.TOWN)


def _communities(size: TownSize) -> Iterator[Area]:
    parent = size.code + "000"
    for number, name in enumerate(COMMUNITY_NAMES[: size.communities], start=1):
        code = f"{size.code}{number:03d}"
        yield Area(code=code, name=name, kind=AreaKind.COMMUNITY, parent=parent)
    for number, name in enumerate(VILLAGE_NAMES[: size.villages], start=FIRST_VILLAGE):
        code = f"{size.code}{number:03d}"
        yield Area(code=code, name=name, kind=AreaKind.COMMUNITY, parent=parent, rural=True)


def _grids(size: TownSize, communities: tuple[Area, ...]) -> Iterator[Area]:
    share, more = divmod(size.grids, len(communities))
    for place, community in enumerate(communities):
        for number in range(1, share + (place < more) + 1):
            yield Area(
                code=f"{community.code}{number:03d}",
                name=f"{community.name}{ordinal(number)}网格",
                kind=AreaKind.GRID,
                parent=community.code,
                rural=community.rural,
            )


def _workers(plan: TownPlan, grids: tuple[Area, ...], random: Random) -> Iterator[Worker]:
    numbers = Numbers(random, OFFICE_PLACE)
    names: set[str] = set()
    for number in range(plan.size.workers):
        round_, place = divmod(number, len(grids))
        role = Role.GRID_LEADER if round_ == 0 else Role.WORKER
        duties = [Duty(grids[place].code, role)]
        # Where there are too few for every grid, the second hands serve two of a community.
        after = grids[(place + 1) % len(grids)]
        if (
            round_ > 0
            and plan.size.workers < 2 * len(grids)
            and after.parent == grids[place].parent
        ):
            duties.append(Duty(after.code, Role.WORKER))
        yield Worker(
            staff_no=f"WG{number + 1:04d}",
            name=_new_name(random, names),
            phone=numbers.phone(),
            duties=tuple(duties),
        )


def _accounts(size: TownSize, areas: tuple[Area, ...], random: Random) -> Iterator[Account]:
    town = size.code + "000"
    names: set[str] = set()
    yield Account(login="town", name=_new_name(random, names), role=Role.TOWN_ADMIN, area=town)
    yield Account(login="auditor", name=_new_name(random, names), role=Role.AUDITOR, area=town)
    roles = {AreaKind.COMMUNITY: Role.COMMUNITY_ADMIN, AreaKind.GRID: Role.GRID_LEADER}
    places = {AreaKind.COMMUNITY: 0, AreaKind.GRID: 0}
    for area in areas:
        places[area.kind] += 1
        yield Account(
            login=f"{area.kind}{places[area.kind]}",
            name=_new_name(random, names),
            role=roles[area.kind],
            area=area.code,
        )
    name = _new_name(random, names)
    yield Account(login="urban", name=name, role=Role.DEPARTMENT, area=town, post="urban")


def _new_name(random: Random, taken: set[str]) -> str:
    """A name that no colleague has."""
    while True:
        name = person_name(random, (1968, 2000))
        if name not in taken:
            taken.add(name)
            return name
