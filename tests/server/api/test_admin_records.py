"""What a program may do to records: what was not taken, earlier values, edits."""

from server.clock import new_id
from tests.server.api.admin_office import Office


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
