"""A token does what its scopes, its account's role and area say, and nothing after its end."""

import pytest

from server.office.accounts import close_account
from server.office.roles import Action, Role
from server.office.tokens import revoke_token
from tests.server.api.admin_office import Office
from tests.server.by_town import listened, strays


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
