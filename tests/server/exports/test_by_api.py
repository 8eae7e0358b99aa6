"""Files by program: the same purpose, second person, mark and mask as at the console."""

from collections.abc import Iterator
from io import BytesIO

import httpx
import pandas as pd
import pytest

from server.clock import new_id
from server.db.engine import reading
from server.exports.orders import ROWS_ALONE
from server.office.audit import trail
from server.office.roles import Action, Role
from server.office.tokens import NO_READING, give_token
from server.register.edits import Edit
from shared.changes import ChangeKind
from shared.plates import plate_dwelling
from tests.server.console.world import Desk
from tests.server.listening import listening

ORDER = {"kinds": ["household"], "purpose": "report", "reason": "三季度统计"}


class Program:
    """Something that has a token."""

    def __init__(self, desk: Desk, address: str, login: str, scope: Action = Action.EXPORT) -> None:
        with desk.town.act() as act:
            given = give_token(act, login, "月报", [scope], days=30, reading=NO_READING)
        self.client = httpx.Client(
            base_url=f"{address}/v1/admin", headers={"Authorization": f"Bearer {given.token}"}
        )

    def order(self, **more: object) -> httpx.Response:
        return self.client.post("/exports", json={**ORDER, **more})

    def table(self, order: str) -> pd.DataFrame:
        file = self.client.get(f"/exports/{order}/file")
        assert file.status_code == 200, file.text
        return pd.read_csv(BytesIO(file.content), dtype_backend="numpy_nullable")


@pytest.fixture
def address(desk: Desk) -> Iterator[str]:
    for staff, grid, name, tenure in (
        ("W1", "g1", "张伟", "rented"),
        ("W2", "g2", "Li Fang", "own"),
        ("W3", "g3", "王芳", "rented"),
    ):
        desk.household(desk.phone(staff, grid), grid, head_name=name, tenure=tenure)
    with listening(desk.town.services) as at:
        yield at


def many(desk: Desk, count: int) -> None:
    edits = [
        Edit(kind=ChangeKind.CREATE, record=new_id(), record_kind="dwelling",
             grid=desk.town.areas["g1"], units={"plate": f"9-1-{n}"})
        for n in range(count)
    ]  # fmt: skip
    desk.register.commit(desk.accounts["town"], edits)


def test_a_filtered_list_is_ordered_taken_and_written_down(desk: Desk, address: str) -> None:
    program = Program(desk, address, "town")

    told = program.order(filter="tenure eq 'rented'", columns=["head_name", "tenure"]).json()
    table = program.table(told["id"])
    after = program.client.get(f"/exports/{told['id']}").json()

    assert (told["state"], told["rows"], told["taken_at"]) == ("open", 2, None)
    assert sorted(table.head_name) == sorted(["张伟", "王芳"])
    assert list(table.columns) == ["head_name", "tenure", "export_mark"]
    assert set(table.export_mark) == {told["mark"]}
    assert after["taken_at"] is not None
    with reading(desk.town.services.engine) as conn:
        newest = trail(conn, "east", limit=1)[0]
    assert (newest.action, newest.reason) == ("exported", "report: 三季度统计")
    assert newest.object == f"{told['mark']} household.csv 2"


def test_above_the_bound_a_second_persons_program_agrees(desk: Desk, address: str) -> None:
    many(desk, ROWS_ALONE + 1)
    desk.town.account("town2", Role.TOWN_ADMIN)
    program, colleague = Program(desk, address, "town"), Program(desk, address, "town2")

    told = program.order(kinds=["dwelling"]).json()
    waits = program.client.get(f"/exports/{told['id']}/file")
    own = program.client.post(f"/exports/{told['id']}/decision", json={"agree": True})
    seen = colleague.client.get("/exports").json()["exports"][0]
    agreed = colleague.client.post(f"/exports/{told['id']}/decision", json={"agree": True})
    table = program.table(told["id"])

    assert told["state"] == "asked"
    assert waits.json()["code"] == "export_waits"
    assert own.json()["code"] == "export_own"
    assert (seen["id"], seen["mine"], seen["reason"]) == (told["id"], False, "三季度统计")
    assert agreed.json()["state"] == "open"
    assert len(table) == ROWS_ALONE + 1 + 3
    assert colleague.client.get(f"/exports/{told['id']}/file").status_code == 404


def test_what_is_masked_can_neither_be_read_nor_asked_for(desk: Desk, address: str) -> None:
    desk.household(desk.phone("W9", "g1"), head_name="赵敏", phone="13900001111")
    program = Program(desk, address, "town")

    probed = program.order(filter="phone eq '13900001111'").json()
    shown = program.order(filter="head_name eq '赵敏'", columns=["phone"]).json()
    whole = program.order(clear=True).json()

    assert probed["rows"] == 0
    assert program.table(shown["id"]).phone[0] == "139****1111"
    assert whole["state"] == "asked"


def test_only_the_own_area_and_only_with_the_scope(desk: Desk, address: str) -> None:
    community = Program(desk, address, "community")
    reader = Program(desk, address, "town", Action.SEE_RECORDS)

    told = community.order(columns=["head_name"]).json()

    assert "王芳" not in set(community.table(told["id"]).head_name)
    assert reader.order().status_code == 403
    assert reader.client.get("/exports").status_code == 403
    refused: tuple[dict[str, object], ...] = (
        {"kinds": ["protection"]}, {"kinds": []}, {"format": "doc"}, {"reason": "x"},
        {"filter": "nonsense eq 1"}, {"filter": "tenure eq"},
    )  # fmt: skip
    for wrong in refused:
        assert community.order(**wrong).status_code == 400, wrong


def test_a_dwellings_row_has_the_text_of_its_plates_code(desk: Desk, address: str) -> None:
    many(desk, 2)
    program = Program(desk, address, "town")

    table = program.table(program.order(kinds=["dwelling"]).json()["id"])

    assert [plate_dwelling(text) for text in table.plate_code] == list(table.id)
    assert len(table) == 5


def test_an_order_of_a_program_is_taken_at_the_console_with_its_filter(
    desk: Desk, address: str
) -> None:
    told = Program(desk, address, "town").order(filter="tenure eq 'own'").json()

    file = desk.signed_in("town").post(f"/console/exports/{told['id']}/file").response

    assert list(pd.read_csv(BytesIO(file.content)).head_name) == ["Li Fang"]
