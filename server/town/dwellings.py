"""Invented doors: blocks of flats in a community, farmhouses in a village."""

from collections.abc import Iterator
from enum import StrEnum
from itertools import count, product

from msgspec import Struct

from server.town.chance import Weighted, happens
from server.town.surroundings import Surroundings
from shared.changes import Answer

BUILDINGS_OF_GRID = 15
"""Buildings and groups are numbered through a community, so that a door's code is its own."""
GROUPS_OF_GRID = 4
HOUSES_OF_GROUP = 90
_STREWN = {False: 2e-4, True: 2.4e-4}
"""How far doors lie from the middle of their building, or of their group of farmhouses: degrees."""
_BLOCKS = ((6, 3, 2), (6, 4, 2), (11, 2, 2), (18, 1, 4), (11, 3, 2))
"""Floors, units, flats on each floor of a unit."""
_STREETS = ("和安路", "望云街", "听雨巷", "新禾路", "书院街", "青石巷", "东堤路", "文澜街")
_GATE_NOTES = ("单元门禁找物业开", "门铃坏了，请敲门", "有狗，先打电话", "电梯需刷卡", "从南门进")


class Use(StrEnum):
    """What is found behind a door."""

    HOME = "home"
    VACANT = "vacant"
    UNKNOWN = "unknown"
    SHOP = "shop"
    DEMOLISHED = "demolished"


class Door(Struct, frozen=True, kw_only=True):
    """One dwelling's place and what is found there."""

    use: Use
    building: str
    unit: str
    answers: dict[str, Answer]


_UPSTAIRS = Weighted({Use.HOME: 92.5, Use.VACANT: 5, Use.UNKNOWN: 2.5})
_GROUND = Weighted({Use.HOME: 80, Use.SHOP: 14, Use.VACANT: 4, Use.UNKNOWN: 2})
_FARM = Weighted({Use.HOME: 90, Use.VACANT: 6, Use.UNKNOWN: 2, Use.SHOP: 1.5, Use.DEMOLISHED: 0.5})


def doors_of(around: Surroundings) -> Iterator[Door]:
    """The doors of the grid, one house after the other, without an end."""
    return _farmhouses(around) if around.grid.rural else _flats(around)


def _flats(around: Surroundings) -> Iterator[Door]:
    street = _STREETS[around.place_in_community % len(_STREETS)]
    number = 8 + 10 * (around.place_in_community // len(_STREETS))
    address = f"{around.town.name}{around.community.name}{street}{number}号"
    for building in count(around.place_in_community * BUILDINGS_OF_GRID + 1):
        floors, units, flats = around.random.choice(_BLOCKS)
        every = product(range(1, units + 1), range(1, floors + 1), range(1, flats + 1))
        for unit, floor, flat in every:
            room = f"{floor}{flat:02d}"
            answers: dict[str, Answer] = {
                "code": f"{building}-{unit}-{floor:02d}-{room}",
                "plate": f"{street}{number}号{building}栋{unit}单元{room}室",
                "address": address,
                "building": str(building),
                "unit_no": str(unit),
                "floor": floor,
                "room": room,
            }
            use = (_GROUND if floor == 1 else _UPSTAIRS).pick(around.random)
            yield _door(around, use, answers)


def _farmhouses(around: Surroundings) -> Iterator[Door]:
    for group in count(around.place_in_community * GROUPS_OF_GRID + 1):
        for house in range(1, HOUSES_OF_GROUP + around.random.randint(0, 40)):
            answers: dict[str, Answer] = {
                "code": f"{group}-0-01-{house:03d}",
                "plate": f"{around.community.name}{group}组{house}号",
                "address": f"{around.town.name}{around.community.name}{group}组",
                "building": str(group),
                "floor": 1,
                "room": f"{house:03d}",
            }
            yield _door(around, _FARM.pick(around.random), answers)


def _door(around: Surroundings, use: Use, answers: dict[str, Answer]) -> Door:
    random = around.random
    bound = use is not Use.DEMOLISHED and happens(random, 0.88)
    answers["use"] = "business" if use is Use.SHOP else "residential"
    if use is Use.HOME and answers["floor"] == 1 and happens(random, 0.05):
        answers["use"] = "mixed"
    answers["status"] = "occupied" if use in {Use.HOME, Use.SHOP} else str(use)
    answers["plate_bound"] = "yes" if bound else "no"
    if bound and happens(random, 0.7):
        lon, lat = around.field.spot(str(answers["building"]))
        strewn = _STREWN[around.grid.rural]
        answers["location"] = {
            "lat": round(lat + random.uniform(-strewn, strewn), 6),
            "lon": round(lon + random.uniform(-strewn, strewn), 6),
            "accuracy": round(random.uniform(3, 25), 1),
        }
    if happens(random, 0.03):
        answers["access_note"] = random.choice(_GATE_NOTES)
    unit = str(answers.get("unit_no", ""))
    return Door(use=use, building=str(answers["building"]), unit=unit, answers=answers)
