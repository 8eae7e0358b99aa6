"""A town whose admin API a program asks: its app, a phone, and tokens of accounts."""

from dataclasses import dataclass, field
from typing import Any

import httpx
import msgspec

from server.clock import new_id
from server.db.engine import reading
from server.office.audit import trail
from server.office.people import AccountIdentity
from server.office.roles import Action
from server.office.tokens import GivenToken, give_token
from shared.changes import Change, ChangeKind
from tests.server.a_town import ATown
from tests.server.api.caller import Caller, Device, enrol

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
