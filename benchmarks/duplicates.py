"""`python -m benchmarks.duplicates`: how many known duplicates are found, how many pairs are none.

An invented town is registered, and one household in twenty a second time by somebody who writes
names as they sound, swaps digits, leaves answers out, or makes a second record of the dwelling.
"""

import argparse
from datetime import date
from random import Random
from tempfile import TemporaryDirectory
from time import perf_counter

from pypinyin import lazy_pinyin
from sqlalchemy import Engine, String, insert, select
from sqlmodel import SQLModel, col

from server.clock import new_id, now_ms
from server.db.bulk import Value, insert_rows, table_of
from server.db.engine import open_engine, reading, writing
from server.db.migrate import migrate
from server.db.office_tables import TownRow
from server.db.projections import DwellingRow, HouseholdRow, ResidentRow
from server.db.review_tables import LookalikeRow
from server.duplicates.finder import STEP, Finder
from server.register.projections import id_hash
from server.town import FULL, TownPlan, TownRecord, generate, records
from shared.changes import ChangeKind

TOWN = "bench"
TODAY = date(2026, 11, 1)
TWICE = 0.05
KEY = b"k" * 32
LINES = (550, 600, 650, 700, 800)
_CHARACTERS = (
    "伟玮维炜薇芳方房防娜那敏闽静婧靖净秀绣娟绢英瑛颖莹华桦骅慧惠蕙会巧俏美玉钰育裕兰岚"
    "珍真祯贞霞遐香湘祥翔月悦越岳平萍苹凤奉洁杰捷梅眉媚琳林临霖素苏云芸耘莲连廉环寰雪"
    "荣容蓉爱艾霞佳嘉家桂贵国果帼建健剑军君钧俊文雯闻辉晖徽力立丽莉利明铭鸣永勇涌强"
    "志智致治峰锋丰枫海亮良梁东冬栋生升声昌长常龙隆飞菲斌彬滨宾涛韬刚钢波博伯春纯淳"
)
Row = dict[str, Value]
Pairs = set[tuple[str, str]]


def main() -> None:
    """Prints precision and recall at several lines, for households and residents."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--households", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    random = Random(asked.seed)
    with TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{folder}/bench.db")
        migrate(engine)
        town = _town(asked.households)
        truth = _register(engine, town, random)
        finder = Finder(engine, KEY, now_ms)
        ids = [row["id"] for kind in ("household", "resident") for row in town[kind]]
        started = perf_counter()
        for start in range(0, len(ids), STEP):
            finder.compare(TOWN, [str(each) for each in ids[start : start + STEP]])
        seconds = perf_counter() - started
        print(f"{len(ids)} records compared in {seconds:.1f} s")
        for kind in ("household", "resident"):
            _tell(engine, kind, truth[kind])


def _town(households: int) -> dict[str, list[Row]]:
    """The rows of the first so many households."""
    town: dict[str, list[Row]] = {"dwelling": [], "household": [], "resident": []}
    for record in records(generate(TownPlan(size=FULL, today=TODAY))):
        if record.change is not ChangeKind.CREATE or record.kind not in town:
            continue
        if record.kind == "household" and len(town["household"]) == households:
            break
        town[record.kind].append(_row(record))
    return town


def _row(record: TownRecord) -> Row:
    def text(unit: str) -> str:
        value = record.answers.get(unit)
        return value if isinstance(value, str) else ""

    row: Row = {"town_id": TOWN, "id": record.id, "grid": record.grid, "deleted": False}
    if record.kind == "dwelling":
        return row | {"code": text("code"), "plate": text("plate")}
    if record.kind == "household":
        told: Row = {"head_name": text("head_name"), "phone": text("phone")}
        return row | told | {"dwelling_id": text("dwelling") or None}
    return row | {
        "household_id": text("household"),
        "name": text("name"),
        "phone": text("phone"),
        "birth_date": text("birth_date"),
        "sex": text("sex"),
        "id_hash": text("id_number"),
    }


def _register(engine: Engine, town: dict[str, list[Row]], random: Random) -> dict[str, Pairs]:
    """Writes the town with its duplicates; the pairs that are one."""
    truth: dict[str, Pairs] = {"household": set(), "resident": set()}
    members: dict[Value, list[Row]] = {}
    for resident in town["resident"]:
        resident["id_hash"] = id_hash(str(resident["id_hash"]), KEY)
        members.setdefault(resident["household_id"], []).append(resident)
    homes = {dwelling["id"]: dwelling for dwelling in town["dwelling"]}
    for household in list(town["household"]):
        if random.random() >= TWICE:
            continue
        again = _household_again(household, random)
        if random.random() < 0.4 and household["dwelling_id"] in homes:
            home = homes[household["dwelling_id"]] | {"id": new_id()}
            town["dwelling"].append(home)
            again["dwelling_id"] = home["id"]
        town["household"].append(again)
        truth["household"].add(_pair(household, again))
        for member in members.get(household["id"], ()):
            second = _resident_again(member, random) | {"household_id": again["id"]}
            town["resident"].append(second)
            truth["resident"].add(_pair(member, second))
    with writing(engine) as conn:
        conn.execute(insert(TownRow).values(town_id=TOWN, name=TOWN, created_at=0))
        for kind, model in (
            ("dwelling", DwellingRow), ("household", HouseholdRow), ("resident", ResidentRow)
        ):  # fmt: skip
            blank = _blank(model)
            whole = [blank | row for row in town[kind]]
            columns = tuple(whole[0])
            insert_rows(conn, model, columns, [tuple(row[c] for c in columns) for row in whole])
    return truth


def _blank(model: type[SQLModel]) -> Row:
    """A row of which nothing is known."""
    return {
        column.name: None if column.nullable else ("" if isinstance(column.type, String) else 0)
        for column in table_of(model).c
    }


def _household_again(row: Row, random: Random) -> Row:
    again = row | {"id": new_id(), "head_name": _misheard(str(row["head_name"]), random)}
    again["phone"] = _mistyped(str(row["phone"]), random, wrong=0.15, missing=0.25)
    if random.random() < 0.15:
        again["dwelling_id"] = None
    return again


def _resident_again(row: Row, random: Random) -> Row:
    again = row | {"id": new_id(), "name": _misheard(str(row["name"]), random)}
    again["phone"] = _mistyped(str(row["phone"]), random, wrong=0.15, missing=0.4)
    again["birth_date"] = _mistyped(str(row["birth_date"]), random, wrong=0.1, missing=0.1)
    again["id_hash"] = row["id_hash"] if random.random() < 0.3 else None
    return again


def _misheard(name: str, random: Random) -> str:
    """One name in three with another character: of the same sound, or just another."""
    if len(name) < 2 or random.random() > 0.35:
        return name
    at = random.randrange(1, len(name))
    sound = lazy_pinyin(name[at])
    alike = [c for c in _CHARACTERS if c != name[at] and lazy_pinyin(c) == sound]
    other = random.choice(alike if alike and random.random() < 0.7 else _CHARACTERS)
    return name[:at] + other + name[at + 1 :]


def _mistyped(text: str, random: Random, *, wrong: float, missing: float) -> str:
    """Sometimes nothing, sometimes two neighbouring digits the wrong way round."""
    chance = random.random()
    if not text or chance < missing:
        return ""
    digits = [at for at in range(len(text) - 1) if text[at].isdigit() and text[at + 1].isdigit()]
    if chance > missing + wrong or not digits:
        return text
    at = random.choice(digits)
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def _pair(a: Row, b: Row) -> tuple[str, str]:
    one, other = sorted((str(a["id"]), str(b["id"])))
    return one, other


def _tell(engine: Engine, kind: str, truth: Pairs) -> None:
    with reading(engine) as conn:
        rows = conn.execute(select(LookalikeRow).where(col(LookalikeRow.kind) == kind)).all()
    print(f"\n{kind}: {len(truth)} known pairs")
    for line in LINES:
        found = {(row.one_id, row.other_id) for row in rows if row.score >= line}
        right = len(found & truth)
        precision = right / len(found) if found else 1.0
        print(
            f"  from {line / 1000:.2f}: {len(found)} found, "
            f"precision {precision:.3f}, recall {right / len(truth):.3f}"
        )


if __name__ == "__main__":
    main()
