"""The admin API does what the console does: the same rights, the same area, the same audit."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from sqlalchemy import insert, select
from sqlmodel import col

from server.clock import new_id
from server.db.engine import reading, writing
from server.db.register_tables import NotSameRow
from server.db.review_tables import LookalikeRow
from server.forms.builtin import builtin_forms
from server.office.accounts import close_account
from server.office.audit import trail
from server.office.people import AccountIdentity
from server.office.roles import Action, Role
from server.office.tokens import GivenToken, give_token, revoke_token
from shared.changes import Change, ChangeKind
from tests.server.a_town import ATown, make_town
from tests.server.api.caller import Caller, Device, calling, enrol
from tests.server.by_town import listened, strays

ALL = (Action.SEE_RECORDS, Action.DECIDE, Action.EDIT_RECORDS, Action.REVEAL)


@dataclass
class Office:
    """A town with its app, a phone in grid 1, and a program with a token."""

    town: ATown
    caller: Caller
    phone: Device
    account: AccountIdentity
    token: str = ""
    given: list[GivenToken] = field(default_factory=list)

    def use(self, login: str, *scopes: Action, days: int = 90) -> GivenToken:
        """From now on, a new token of that account."""
        with self.town.act() as act:
            given = give_token(act, login, "test", scopes or ALL, days=days)
        self.token = given.token
        return given

    def get(self, path: str, **params: object) -> httpx.Response:
        query = "&".join(f"{name}={value}" for name, value in params.items())
        return self.caller.get(f"/v1/admin{path}?{query}", headers=self._headers())

    def post(self, path: str, **said: object) -> httpx.Response:
        body = msgspec.json.encode(said)
        return self.caller.post(f"/v1/admin{path}", content=body, headers=self._headers())

    def create(self, **units: object) -> str:
        """A household that the phone registers."""
        record = new_id()
        self.push(self.phone.create(record, "household", **units))
        return record

    def push(self, change: bytes, device: Device | None = None) -> dict[str, Any]:
        phone = device or self.phone
        body = phone.push_of(change)
        reply = self.caller.post("/v1/push", content=body, headers=phone.signed(body))
        assert reply.status_code == 200, reply.text
        phone.took(change)
        told: dict[str, Any] = reply.json()["results"][0]
        return told

    def edit(self, record: str, base: int, device: Device | None = None, **units: object) -> bytes:
        phone = device or self.phone
        phone.n += 1
        change = Change(
            n=phone.n,
            save=new_id(),
            kind=ChangeKind.SET,
            record=record,
            record_kind="household",
            grid=phone.enrolled.grids[0].id,
            worker=phone.enrolled.worker,
            at=phone.enrolled.now,
            base=base,
            units=dict(units),
            form="1",
        )
        return msgspec.json.encode(change)

    def contested(self) -> tuple[str, str]:
        """A household with two phone numbers that stand against each other, and the conflict."""
        record = self.create(head_name="张建国", phone="13800000000")
        other = enrol(self.town, "g1", staff_no="W2")
        self.push(self.edit(record, 1, phone="13811111111"))
        self.push(self.edit(record, 1, other, phone="13822222222"), other)
        [line] = self.get("/conflicts").json()["conflicts"]
        return record, line["id"]

    def deeds(self) -> list[str]:
        with reading(self.town.services.engine) as conn:
            return [row.action for row in trail(conn, self.town.who.town, limit=5)]

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


@pytest.fixture(params=["sqlite", "postgres"])
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Office]:
    url = request.getfixturevalue("postgres_url") if request.param == "postgres" else ""
    town = make_town(tmp_path, url)
    for form in builtin_forms().values():
        town.services.register.publish_form("east", form)
    account = town.account("chen", Role.COMMUNITY_ADMIN, "c1")
    with calling(town) as caller:
        made = Office(town, caller, enrol(town, "g1"), account)
        made.use("chen")
        yield made


def test_a_conflict_is_listed_read_and_decided(office: Office) -> None:
    record, conflict = office.contested()
    told = office.get(f"/conflicts/{conflict}").json()
    assert [each["value"] for each in told["candidates"]] == ["13811111111", "13822222222"]
    first = told["candidates"][0]["sources"][0]
    assert (first["who_name"], first["base"], first["device"]) == (
        "工W1", 1, office.phone.enrolled.device,
    )  # fmt: skip
    assert {"claimed", "effective", "visit", "old"} <= first.keys()

    done = office.post(f"/conflicts/{conflict}/decision", value="13822222222", base=told["base"])

    assert done.json()["outcome"] == "decided"
    assert office.get("/conflicts").json()["total"] == 0
    assert office.get("/conflicts", state="closed").json()["conflicts"][0]["id"] == conflict
    assert office.get(f"/records/{record}").json()["answers"]["phone"] == "13822222222"
    again = office.post(f"/conflicts/{conflict}/decision", value="13811111111", base=told["base"])
    assert (again.json()["outcome"], again.json()["decision"]) == ("already", "13822222222")
    assert "decided" in office.deeds()


def test_a_decision_does_not_pass_over_what_it_had_not_seen(office: Office) -> None:
    record, conflict = office.contested()
    told = office.get(f"/conflicts/{conflict}").json()
    third = enrol(office.town, "g1", staff_no="W3")
    office.push(office.edit(record, 1, third, phone="13833333333"), third)

    done = office.post(f"/conflicts/{conflict}/decision", value="13811111111", base=told["base"])

    assert done.json()["outcome"] == "open"
    values = [each["value"] for each in office.get(f"/conflicts/{conflict}").json()["candidates"]]
    assert sorted(values) == ["13811111111", "13833333333"]


def test_conflicts_are_sought_and_paged(office: Office) -> None:
    record, conflict = office.contested()
    grid = office.town.areas["g1"]

    def total(**sought: object) -> int:
        found: int = office.get("/conflicts", **sought).json()["total"]
        return found

    assert total(unit="phone", grid=grid, kind="household", record=record, claim="false") == 1
    assert [total(unit="needs"), total(claim="true"), total(grid="x"), total(record="x")] == [0] * 4
    page = office.get("/conflicts", offset=1, limit=1).json()
    assert (page["total"], page["conflicts"]) == (1, [])
    assert office.get("/conflicts", limit=0).status_code == 400
    assert conflict


def test_a_worker_is_asked_about_a_conflict(office: Office) -> None:
    _, conflict = office.contested()

    asked = office.post(
        f"/conflicts/{conflict}/question",
        worker=office.phone.enrolled.worker,
        words="请当面核对号码",
    )

    assert asked.status_code == 200, asked.text
    pulled = office.caller.post("/v1/pull", content=b"{}", headers=office.phone.token).json()
    assert asked.json()["question"] in [record["id"] for record in pulled["records"]]
    assert "asked" in office.deeds()


def test_two_records_are_merged_and_parted(office: Office) -> None:
    duplicate = office.create(head_name="张建国", phone="13811111111")
    survivor = office.create(head_name="张建国")

    merged = office.post(
        "/duplicates/merge",
        merged=duplicate,
        base=1,
        survivor=survivor,
        survivor_base=2,
        take=["phone"],
    )

    assert merged.status_code == 200, merged.text
    assert office.get(f"/records/{duplicate}").json()["alias_of"] == survivor
    assert office.get(f"/records/{survivor}").json()["answers"]["phone"] == "13811111111"
    late = office.push(office.edit(duplicate, 1, needs="修灯"))
    assert late["into"] == survivor
    version = office.get(f"/records/{duplicate}").json()["version"]
    parted = office.post("/duplicates/unmerge", record=duplicate, base=version)
    assert parted.json()["results"][0]["outcome"] == "applied"
    assert office.get(f"/records/{duplicate}").json()["answers"]["needs"] == "修灯"
    assert office.get(f"/records/{survivor}").json()["answers"].get("needs") is None
    again = office.post("/duplicates/unmerge", record=duplicate, base=version)
    assert (again.status_code, again.json()["code"]) == (422, "not_merged")
    assert office.deeds()[:2] == ["unmerged", "merged"]


def test_pairs_are_listed_until_somebody_says_that_they_are_two(office: Office) -> None:
    one, other = sorted([office.create(head_name="张建国"), office.create(head_name="张建国")])
    grid = office.town.areas["g1"]
    with writing(office.town.services.engine) as conn:
        conn.execute(
            insert(LookalikeRow).values(
                town_id="east", one_id=one, other_id=other, kind="household", one_grid=grid,
                other_grid=grid, score=730, reasons="same_name same_phone", found_at=1,
            )
        )  # fmt: skip
    [pair] = office.get("/duplicates").json()["duplicates"]
    assert (pair["one"], pair["reasons"]) == (one, ["same_name", "same_phone"])

    said = [office.post("/duplicates/not-the-same", one=other, other=one) for _ in range(2)]

    assert [each.status_code for each in said] == [200, 200]
    assert office.get("/duplicates").json() == {"total": 0, "offset": 0, "duplicates": []}
    with reading(office.town.services.engine) as conn:
        assert conn.execute(select(col(NotSameRow.one_id))).scalars().all() == [one]


def test_what_was_not_taken_is_read_released_corrected_returned_and_refused(
    office: Office,
) -> None:
    record = office.create(head_name="张建国")
    for value in ("a", "b", "c"):
        told = office.push(office.edit(record, 1, phone=value))
        assert told["outcome"] == "rejected"
    device = office.phone.enrolled.device
    listed = office.get("/quarantine").json()
    assert (listed["total"], [line["n"] for line in listed["changes"]]) == (3, [2, 3, 4])
    one = office.get(f"/quarantine/{device}/2").json()
    assert one["change"]["units"] == {"phone": "a"}
    assert one["raw"]["units"] == {"phone": "a"}
    assert one["line"]["why"]["zh"]

    released = office.post(f"/quarantine/{device}/2/release")
    corrected = office.post(
        f"/quarantine/{device}/2/correction",
        kind="set",
        record=record,
        record_kind="household",
        grid=office.town.areas["g1"],
        base=1,
        units={"phone": "13811111111"},
    )
    returned = office.post(f"/quarantine/{device}/3/return", words="请核对号码")
    dropped = office.post(f"/quarantine/{device}/4/rejection", words="不是本户")
    silent = office.post(f"/quarantine/{device}/3/return", words=" ")

    assert (released.status_code, released.json()["code"]) == (422, "not_releasable")
    assert [r.status_code for r in (corrected, returned, dropped)] == [200, 200, 200]
    assert silent.status_code == 400
    assert office.get("/quarantine").json()["total"] == 0
    assert office.get("/quarantine", which="returned").json()["total"] == 1
    assert office.post(f"/quarantine/{device}/4/rejection", words="再").status_code == 409
    pulled = office.caller.post("/v1/pull", content=b"{}", headers=office.phone.token).json()
    codes = [answer["problem"]["code"] for answer in pulled["answers"]]
    assert codes == ["corrected", "returned", "dropped"]


def test_an_earlier_value_is_restored_and_the_history_tells(office: Office) -> None:
    record = office.create(head_name="张建国", phone="13800000000")
    office.push(office.edit(record, 1, phone="13811111111"))

    done = office.post(f"/records/{record}/restore", unit="phone", seq=1, base=2)

    assert done.json()["results"][0]["outcome"] == "applied"
    steps = office.get(f"/records/{record}/history").json()["steps"]
    assert [step["units"]["phone"] for step in steps] == [
        "13800000000", "13811111111", "13800000000",
    ]  # fmt: skip
    assert office.post(f"/records/{record}/restore", unit="x", seq=1, base=2).status_code == 422


def test_an_edit_is_an_ordinary_change_and_a_bad_one_is_refused_whole(office: Office) -> None:
    record = office.create(head_name="张建国")

    done = office.post(f"/records/{record}/changes", kind="set", base=1, units={"people_count": 4})
    bad = office.post(f"/records/{record}/changes", kind="set", base=1, units={"phone": "x"})
    create = office.post(f"/records/{record}/changes", kind="create", base=1)

    assert done.json()["results"][0]["outcome"] == "applied"
    assert (bad.status_code, create.status_code) == (422, 400)
    assert "电话" in bad.json()["words"]["zh"]


def test_a_sensitive_answer_is_not_told_to_a_program(office: Office) -> None:
    record = new_id()
    office.push(
        office.phone.create(record, "resident", name="张建国", id_number="11010519491231002X")
    )

    told = office.get(f"/records/{record}")
    history = office.get(f"/records/{record}/history")

    assert told.json()["withheld"] == ["id_number"]
    assert "11010519491231002" not in told.text + history.text


def test_a_token_does_what_its_scopes_and_its_role_say_in_its_area(office: Office) -> None:
    record, conflict = office.contested()
    office.use("chen", Action.SEE_RECORDS)
    line = office.get("/conflicts").json()["conflicts"][0]
    assert line["title"] != "张建国"  # nobody's name without the right to see it
    assert office.get(f"/conflicts/{conflict}").status_code == 403
    assert office.get(f"/records/{record}").status_code == 403
    assert office.post(f"/conflicts/{conflict}/decision", value="1", base=1).status_code == 403

    office.town.account("far", Role.COMMUNITY_ADMIN, "c2")
    office.use("far")
    assert office.get("/conflicts").json()["total"] == 0
    assert office.get(f"/conflicts/{conflict}").status_code == 404
    assert office.get(f"/records/{record}").status_code == 404
    said = office.post(f"/conflicts/{conflict}/decision", value="1", base=1)
    assert said.status_code == 404
    assert office.get("/me").json()["grids"] == [office.town.areas["g3"]]


@pytest.mark.parametrize("how", ["none", "device", "other secret", "revoked", "expired", "closed"])
def test_no_token_no_answer(office: Office, how: str) -> None:
    given = office.use("chen", days=1)
    if how == "none":
        office.token = ""
    elif how == "device":
        office.token = office.phone.enrolled.token
    elif how == "other secret":
        office.token = f"{given.token[:-3]}abc"
    elif how == "revoked":
        with office.town.act() as act:
            revoke_token(act, given.id)
    elif how == "expired":
        office.town.clock.at += 25 * 3600 * 1000
    else:
        with office.town.act() as act:
            close_account(act, office.account.id)

    reply = office.get("/conflicts")

    assert (reply.status_code, reply.json()["code"]) == (401, "token_refused")
    assert reply.json()["words"].keys() == {"zh", "en"}


def test_an_admins_token_is_no_devices_token(office: Office) -> None:
    headers = {"Authorization": f"Bearer {office.token}"}

    assert office.caller.post("/v1/pull", content=b"{}", headers=headers).status_code == 401


def test_no_request_of_a_device_or_a_program_touches_two_towns(office: Office) -> None:
    record, conflict = office.contested()  # to enrol a phone, the server looks at all towns
    with listened(office.town.services.engine) as said:
        office.push(office.edit(record, 1, needs="修灯"))
        office.caller.post("/v1/pull", content=b"{}", headers=office.phone.token)
        told = office.get(f"/conflicts/{conflict}").json()
        office.post(f"/conflicts/{conflict}/decision", value="13811111111", base=told["base"])
        office.get("/duplicates")
        office.get("/quarantine")

    assert len(said) > 50
    assert strays(said) == []
