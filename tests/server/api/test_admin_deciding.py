"""What a program decides as the console does: conflicts, questions, merges."""

import pytest
from sqlalchemy import insert, select
from sqlmodel import col

from server.db.engine import reading, writing
from server.db.register_tables import NotSameRow
from server.db.review_tables import LookalikeRow
from server.office.roles import Action
from tests.server.api.admin_office import Office
from tests.server.api.caller import enrol


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


@pytest.mark.parametrize("unit", ["phone", "no_such_question"])
def test_a_merge_takes_over_only_what_is_there(office: Office, unit: str) -> None:
    duplicate, survivor = office.create(head_name="张建国"), office.create(head_name="张建国")
    wanted = {"merged": duplicate, "base": 1, "survivor": survivor, "survivor_base": 2}

    refused = office.post("/duplicates/merge", **wanted, take=["head_name", unit])

    assert (refused.status_code, refused.json()["code"]) == (422, "nothing_to_take")
    assert unit in refused.json()["words"]["en"]
    assert office.get(f"/records/{duplicate}").json().get("alias_of") is None
    assert "merged" not in office.deeds()


def test_a_merge_that_is_sent_twice_is_one_and_can_be_taken_back(office: Office) -> None:
    duplicate = office.create(head_name="张建国", phone="13811111111")
    survivor = office.create(head_name="张建国", phone="13822222222")
    wanted = {"merged": duplicate, "base": 1, "survivor": survivor, "survivor_base": 2}

    merged = office.post("/duplicates/merge", **wanted, take=["phone"])
    version = office.get(f"/records/{survivor}").json()["version"]
    again = office.post("/duplicates/merge", **wanted, take=["phone"])

    assert merged.status_code == 200
    assert (again.status_code, again.json()["code"]) == (409, "already_merged")
    assert office.get(f"/records/{survivor}").json()["version"] == version
    assert office.deeds().count("merged") == 1
    office.post("/duplicates/unmerge", record=duplicate, base=version)
    assert office.get(f"/records/{survivor}").json()["answers"]["phone"] == "13822222222"


def test_to_say_what_is_one_takes_the_right_to_decide_as_at_the_console(office: Office) -> None:
    one, other = office.create(head_name="张建国"), office.create(head_name="张建国")
    wanted = {"merged": one, "base": 1, "survivor": other, "survivor_base": 2}
    office.use("chen", Action.SEE_RECORDS, Action.EDIT_RECORDS)

    said = [
        office.post("/duplicates/merge", **wanted),
        office.post("/duplicates/unmerge", record=one, base=1),
        office.post("/duplicates/not-the-same", one=one, other=other),
    ]

    assert [each.status_code for each in said] == [403] * 3
    office.use("chen", Action.SEE_RECORDS, Action.DECIDE)
    assert office.post("/duplicates/merge", **wanted).status_code == 200


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
