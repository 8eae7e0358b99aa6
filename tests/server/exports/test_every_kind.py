"""Every kind of record and every list, in every format, read back by what others use: unchanged.

What the JSON lines say is held against the register itself; the other formats against those.
"""

import json
import zipfile
from collections.abc import Callable, Mapping
from datetime import date, datetime
from io import BytesIO
from typing import Any

import geopandas
import pandas as pd
import pytest
from odata import ODataService
from openpyxl import load_workbook

from server.api.odata import BASE
from server.clock import TOWN_ZONE
from server.exports.making import kinds_of
from server.forms.builtin import work_forms
from server.office.roles import Action
from server.office.tokens import Reading, give_token
from shared.changes import Answer
from shared.merge import shown
from tests.server.a_town import MINUTE
from tests.server.console.world import Desk
from tests.server.listening import listening

Cells = dict[str, object]
Rows = dict[str, Cells]
"""The cells of each record, by its id; without the mark, which is each file's own."""
Read = Callable[[bytes, str], Rows]
LISTS = {"household": "households", "resident": "residents", "dwelling": "dwellings",
         "visit": "visits"}  # fmt: skip
NASTY = ' -1+2 "引号"，逗号,\n第二行 𠮷 ï'
PLACE = {"lat": 30.5123456, "lon": 114.3056789, "accuracy": 5.5}


@pytest.fixture
def town(desk: Desk) -> Desk:
    """A town with something of each kind, and something missing in each."""
    for form in work_forms().values():
        desk.register.publish_form("east", form)
    phone, area, at = desk.phone("W1", "g1"), desk.town.areas["g1"], desk.now - 30 * MINUTE
    found = {"plate": "1-1-101", "code": "1-1-01-101", "floor": 3, "location": PLACE}
    door = phone.create("dwelling", area, found, at)
    phone.create("dwelling", area, {"plate": "=2+3"}, at)
    home = phone.create(
        "household", area,
        {"dwelling": door, "head_name": "欧阳修文", "people_count": 3, "tenure": "own",
         "marks": ["building_leader", "floating"], "living_since": "1999-12-31", "needs": NASTY,
         "phone": {"missing": "declined"}}, at)  # fmt: skip
    phone.create("household", area, {"head_name": "Li Fang"}, at)
    person: dict[str, Answer] = {"household": home, "name": "欧阳修文", "sex": "1"}
    secret: dict[str, Answer] = {"care": ["disabled"], "id_number": "11010519491231002X"}
    phone.create("resident", area, person | secret, at)
    for outcome in ("done", "nobody_home"):
        phone.create("visit", area, {"household": home, "outcome": outcome, "mode": "door",
                                     "notices_given": ["service_card", "privacy_notice"],
                                     "started": "2026-09-21T09:30:00+08:00"}, at)  # fmt: skip
    phone.create("case", area, {"case_kind": "hazard", "text": NASTY, "urgency": "urgent",
                                "household": home, "discovered_at": "2026-09-20T22:59:59+08:00",
                                "location": PLACE}, at)  # fmt: skip
    phone.create("diary", area, {"day": "2026-09-20", "text": "井盖松动", "household": home}, at)
    phone.create("facility", area, {"name": "井盖"}, at)
    return desk


def file(desk: Desk, format: str, **asked: object) -> bytes:
    sent = {"purpose": "report", "reason": "三季度统计", "format": format, "words": "codes"}
    page = desk.signed_in("town").post("/console/exports/new", sent, **asked)
    assert "attachment" in page.response.headers.get("content-disposition", ""), page.text
    return page.response.content


def by_id(rows: list[dict[str, Any]]) -> Rows:
    assert len({row["id"] for row in rows}) == len(rows)
    return {
        row["id"]: {k: v for k, v in row.items() if k not in ("kind", "export_mark", "geometry")}
        for row in rows
    }


def of_json_lines(content: bytes, kind: str) -> Rows:
    lines = [json.loads(line) for line in content.splitlines()]
    return by_id([line for line in lines if line["kind"] == kind])


def of_csv(content: bytes, kind: str) -> Rows:
    with zipfile.ZipFile(BytesIO(content)) as archive, archive.open(f"{kind}.csv") as part:
        return by_id(pd.read_csv(part, dtype=str, keep_default_na=False).to_dict("records"))


def of_workbook(content: bytes, title: str) -> Rows:
    head, *rows = load_workbook(BytesIO(content))[title].iter_rows(values_only=True)
    names = [str(name) for name in head]
    return by_id([dict(zip(names, row, strict=True)) for row in rows])


def of_geojson(content: bytes, kind: str) -> Rows:
    table = geopandas.read_file(BytesIO(content))
    table = table[table.kind == kind]
    return by_id(json.loads(table.drop(columns="geometry").to_json(orient="records")))


def same(told: Cells, read: Cells, equal: Callable[[object, object], bool]) -> list[str]:
    """The columns that were not read back as they were told."""
    return [name for name, value in told.items() if not equal(value, read.get(name))]


def as_text(told: object, read: object) -> bool:
    """A cell of a CSV file: one that a spreadsheet would run begins with an apostrophe."""
    text = "" if told is None else str(told)
    return read in (text, f"'{text}")


def as_typed(told: object, read: object) -> bool:
    """A cell of a workbook: numbers are numbers, days and times are such, in the town's time."""
    if isinstance(read, datetime):
        said = datetime.fromisoformat(str(told))
        said = said.astimezone(TOWN_ZONE).replace(tzinfo=None) if said.tzinfo else said
        return abs((said - read).total_seconds()) < 1
    return told == read or (told == "" and read is None)


def as_property(told: object, read: object) -> bool:
    """A property of a feature: what is missing in one is missing; moments are moments."""
    if isinstance(read, int | float) and isinstance(told, str):
        moment = datetime.fromisoformat(told)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=TOWN_ZONE)
        return abs(moment.timestamp() * 1000 - read) < 1000 or moment.date() == _day(read)
    if isinstance(told, str) and isinstance(read, str) and told != read and told[:4].isdigit():
        return _moment(told) == _moment(read)
    return told == read


def as_entity(told: object, read: object) -> bool:
    """A property of an OData entity, by the client's own types."""
    if isinstance(read, datetime):
        return abs((_moment(str(told)) - read).total_seconds()) < 1
    return told == (read.isoformat() if isinstance(read, date) else read)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=TOWN_ZONE)


def _day(ms: float) -> date:
    return datetime.fromtimestamp(ms / 1000, TOWN_ZONE).date()


def truth(desk: Desk, kind: str) -> Rows:
    """What JSON lines say of a kind."""
    return of_json_lines(file(desk, "jsonl", kind=[kind]), kind)


def test_json_lines_say_what_the_register_has(town: Desk) -> None:
    for kind, form in kinds_of(town.town.services, "east").items():
        told = truth(town, kind)
        records = town.register.records("east", list(told))
        units = [one.name for one in form.questions if one.type.value in ("integer", "select_one")
                 and one.on and one.privacy.value != "S"]  # fmt: skip
        for record in records.values():
            answers = shown(record, town.register.rules("east", kind))
            for unit in units:
                expected = answers.get(unit)
                expected = None if isinstance(expected, Mapping) else expected
                assert told[record.id].get(unit) == expected, (kind, unit)
        secret = {one.name for one in form.questions if one.privacy.value == "S"}
        assert not secret & {name for row in told.values() for name in row}
    assert len(truth(town, "dwelling")) == 2
    needs = [row["needs"] for row in truth(town, "household").values()]
    assert NASTY in needs


def test_the_whole_register_is_read_back_from_every_file(town: Desk) -> None:
    forms = kinds_of(town.town.services, "east")
    kinds = sorted(forms)
    told = {kind: truth(town, kind) for kind in kinds}
    csv, book, places = (file(town, each, kind=kinds) for each in ("csv", "xlsx", "geojson"))
    assert sum(map(len, told.values())) > 8

    for kind in kinds:
        title = forms[kind].words(forms[kind].title, "zh")
        for name, rows, equal in (
            ("csv", of_csv(csv, kind), as_text),
            ("xlsx", of_workbook(book, title), as_typed),
            ("geojson", of_geojson(places, kind), as_property),
        ):
            assert rows.keys() == told[kind].keys(), (kind, name)
            for record, cells in told[kind].items():
                assert same(cells, rows[record], equal) == [], (kind, name)


def test_places_are_where_they_were_noted(town: Desk) -> None:
    table = geopandas.read_file(BytesIO(file(town, "geojson", kind=["dwelling", "case"])))

    placed = table[table.geometry.notna()]
    assert table.crs == "EPSG:4326"
    assert [(point.x, point.y) for point in placed.geometry] == [(114.3056789, 30.5123456)] * 2
    assert len(table) == 3


def test_each_list_is_the_kind_it_shows(town: Desk) -> None:
    for kind, listed in LISTS.items():
        content = file(town, "jsonl", list=listed, query=f"list={listed}")

        assert of_json_lines(content, kind) == truth(town, kind)


def test_a_client_library_reads_every_entity_set_as_it_was_told(town: Desk) -> None:
    with town.town.act() as act:
        reading = Reading(agreed_by="someone else")
        given = give_token(act, "town", "月报", [Action.READ_FEED], days=30, reading=reading)
    with listening(town.town.services) as address:
        service = ODataService(
            address + BASE, auth=("feed", given.token), reflect_entities=True, quiet_progress=True
        )
        for kind in kinds_of(town.town.services, "east"):
            told = truth(town, kind)
            entities = list(service.query(service.entities[kind]))
            assert {each.id for each in entities} == set(told)
            for entity in entities:
                read = {name: getattr(entity, name) for name in told[entity.id]}
                assert same(told[entity.id], read, as_entity) == [], kind


def test_a_difference_would_be_noticed() -> None:
    assert same({"a": "x", "b": 1}, {"a": "x", "b": 2}, as_typed) == ["b"]
    assert same({"a": NASTY}, {"a": NASTY.strip()}, as_text) == ["a"]
    assert same({"a": "2026-09-20"}, {"a": "2026-09-21"}, as_property) == ["a"]
