"""A working client, written from docs/protocol.md alone: nothing here is imported from Doorstep."""

import json
import os
import time
from base64 import b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import httpx
import zstandard
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

Json = dict[str, Any]
ZEROS = "0" * 64
OK, GAP_OR_FORK, GONE = 200, 409, 410


def uuid7() -> str:
    """Ids are UUIDv7 texts made where the thing is made."""
    made = (int(time.time() * 1000) << 80) | int.from_bytes(os.urandom(10), "big")
    made = (made & ~(0xF << 76)) | (0x7 << 76)
    made = (made & ~(0x3 << 62)) | (0x2 << 62)
    text = f"{made:032x}"
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


class RefusedError(Exception):
    """An answer that is a Problem."""

    def __init__(self, status: int, problem: Json) -> None:
        super().__init__(f"{status} {problem['code']}: {problem['words']['en']}")
        self.status = status
        self.code = str(problem["code"])
        self.problem = problem


@dataclass
class Client:
    """One device."""

    http: httpx.Client
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    me: Json = field(default_factory=dict)
    n: int = 0
    digest: str = ZEROS
    outbox: list[bytes] = field(default_factory=list)
    """The bytes of each change since number 1, encoded once, in the order of n."""
    answered: int = 0
    """Up to which change the server has answered."""
    results: dict[int, Json] = field(default_factory=dict)
    cursor: str | None = None
    records: dict[str, Json] = field(default_factory=dict)
    """The shadow."""
    checksums: Json = field(default_factory=dict)

    # ---- carrying it --------------------------------------------------------------------------

    def ask(
        self, method: str, path: str, message: Json | None = None, *, sign: bool = False
    ) -> Json:
        headers = {"Accept-Encoding": "zstd, gzip"}
        if self.me:
            headers["Authorization"] = f"Bearer {self.me['token']}"
        content = b""
        if message is not None:
            body = json.dumps(message).encode() if "raw" not in message else message["raw"]
            if sign:
                signature = self.key.sign(sha256(body).digest())
                headers["Doorstep-Signature"] = b64encode(signature).decode()
            headers |= {"Content-Type": "application/json", "Content-Encoding": "zstd"}
            content = zstandard.compress(body)
        reply = self.http.request(method, path, content=content, headers=headers)
        told: Json = json.loads(reply.content)
        if reply.status_code != OK:
            raise RefusedError(reply.status_code, told)
        return told

    def clock(self, boot: str = "one") -> Json:
        mono = int(time.monotonic() * 1000)
        return {"wall": int(time.time() * 1000), "boot": boot, "mono": mono}

    # ---- enrolment ----------------------------------------------------------------------------

    def enrol(self, code: str) -> None:
        public = b64encode(self.key.public_key().public_bytes_raw()).decode()
        wanted = {"code": code, "public_key": public, "platform": "stranger", "app": "9.9"}
        self.me = self.ask("POST", "/v1/enrol", wanted)

    # ---- saving -------------------------------------------------------------------------------

    def save(self, *changes: Json) -> None:
        """All changes of one press of "save"."""
        save = uuid7()
        for change in changes:
            self.n += 1
            clock = self.clock()
            whole = {
                "n": self.n,
                "save": save,
                "grid": self.me["grids"][0]["id"],
                "worker": self.me["worker"],
                "at": clock["wall"],
                "boot": clock["boot"],
                "mono": clock["mono"],
                "form": "1",
                **change,
            }
            self.outbox.append(json.dumps(whole).encode())

    def create(self, kind: str, **units: object) -> str:
        record = uuid7()
        self.save({"kind": "create", "record": record, "record_kind": kind, "units": units})
        return record

    def set(self, record: str, **units: object) -> None:
        known = self.records[record]
        self.save(
            {
                "kind": "set",
                "record": record,
                "record_kind": known["kind"],
                "base": known["version"],
                "units": units,
            }
        )

    # ---- push ---------------------------------------------------------------------------------

    def push(self) -> None:
        """Everything that the server has not answered."""
        while self.answered < len(self.outbox):
            try:
                self.send_after(self.answered)
            except RefusedError as refused:
                if refused.status != GAP_OR_FORK:
                    raise
                has = int(refused.problem["last_n"])
                if refused.code == "gap" and self.chain(has) == refused.problem["digest"]:
                    self.answered = has
                else:
                    self.go_on_under_a_new_id()

    def send_after(self, known: int) -> None:
        limits = self.me["limits"]
        changes: list[bytes] = []
        for change in self.outbox[known:]:
            size = sum(map(len, changes)) + len(change)
            if len(changes) >= limits["changes"] or size > limits["bytes"] - 10_000:
                break
            changes.append(change)
        self.take(self.post(known, changes))

    def post(self, known: int, changes: list[bytes]) -> Json:
        return self.ask("POST", "/v1/push", {"raw": self.body_of(known, changes)}, sign=True)

    def body_of(self, known: int, changes: list[bytes], boot: str = "one") -> bytes:
        said = {"device": self.me["device"], "after": self.chain(known), "clock": self.clock(boot)}
        head = json.dumps(said | {"offsets": {"one": 0}})
        # The bytes of each change stand in the body as they were hashed.
        return head[:-1].encode() + b', "changes": [' + b",".join(changes) + b"]}"

    def take(self, reply: Json) -> None:
        self.answered, self.digest = reply["last_n"], reply["digest"]
        self.me["limits"] = reply["limits"]
        self.results |= {result["n"]: result for result in reply["results"]}

    def ask_about(self, n: int) -> Json:
        """A held change once more: it is told when it was taken."""
        reply = self.post(n - 1, [self.outbox[n - 1]])
        self.results |= {result["n"]: result for result in reply["results"]}
        return self.results[n]

    def go_on_under_a_new_id(self) -> None:
        last = len(self.outbox)
        chain = [{"n": n, "digest": self.chain(n)} for n in range(max(1, last - 999), last + 1)]
        enrolled = self.ask("POST", "/v1/incarnation", {"chain": chain}, sign=True)
        lacking = self.outbox[min(enrolled["last_n"], self.answered) :]
        self.me, self.outbox, self.n, self.answered = enrolled, [], 0, 0
        for change in lacking:
            self.n += 1
            self.outbox.append(json.dumps(json.loads(change) | {"n": self.n}).encode())

    def chain(self, n: int) -> str:
        digest = ZEROS
        for change in self.outbox[:n]:
            digest = sha256(bytes.fromhex(digest) + change).hexdigest()
        return digest if n <= len(self.outbox) else ""

    # ---- snapshot and pull --------------------------------------------------------------------

    def first_sync(self, limit: int = 2000) -> None:
        cursors = [self.snapshot(grid["id"], limit) for grid in self.me["grids"]]
        self.cursor = ",".join(cursors) or None

    def snapshot(self, grid: str, limit: int) -> str:
        after, seq = "", 0
        while True:
            query = f"/v1/snapshot?grid={grid}&limit={limit}&after={after}&seq={seq}"
            page = self.ask("GET", query)
            self.records |= {record["id"]: record for record in page["records"]}
            seq = page["seq"]
            if page.get("next") is None:
                return str(page["cursor"])
            after = page["next"]

    def pull(self, limit: int = 2000) -> None:
        """Until there is no more. A cursor of no use any more: push first, then snapshots."""
        while True:
            wanted = {"cursor": self.cursor, "limit": limit, "clock": self.clock()}
            try:
                page = self.ask("POST", "/v1/pull", wanted)
            except RefusedError as refused:
                if refused.status != GONE or refused.code not in ("epoch", "too_old"):
                    raise
                self.offer()
                self.records.clear()
                self.first_sync()
                continue
            self.take_page(page)
            if not page["more"]:
                return

    def offer(self) -> None:
        """What is unsent, and the last change that was answered: a gap tells what is lacking."""
        self.answered = max(0, self.answered - 1)
        self.push()

    def take_page(self, page: Json) -> None:
        brought = {record["id"]: record for record in page.get("records", [])}
        for left in page.get("gone", []):
            known = self.records.get(left["id"])
            if known is not None and left["id"] not in brought and grid_of(known) == left["grid"]:
                del self.records[left["id"]]
        self.records |= brought
        forgotten = page.get("forgotten", 0)
        held = {grid["id"] for grid in page["grids"]}
        self.records = {
            name: record
            for name, record in self.records.items()
            if not (is_deleted(record) and record["version"] <= forgotten)
            and (self.answered < len(self.outbox) or grid_of(record) in held)
        }
        self.cursor = page["cursor"]
        self.checksums = page.get("checksums", {})

    def sum_of(self, grid: str) -> int:
        """What the server's checksum of the grid must be."""
        mine = [each for each in self.records.values() if grid_of(each) == grid]
        return sum(part_of_sum(each["id"], each["version"]) for each in mine) % (1 << 64)


def part_of_sum(name: str, version: int) -> int:
    return int.from_bytes(sha256(f"{name}:{version}".encode()).digest()[:8], "big")


def values_of(record: Json, unit: str) -> list[Any]:
    """The candidates of a unit."""
    units = {**record["u"], **record.get("s", {})}
    return [candidate[0] for candidate in units.get(unit, [])]


def grid_of(record: Json) -> str:
    """Where a record lies; while two moves compete, in the smallest of the places before."""
    places = values_of(record, "@grid")
    if len(places) == 1:
        return str(places[0][1])
    return str(min(before or after for before, after in places))


def is_deleted(record: Json) -> bool:
    """Whether it was deleted by someone who had seen everything else."""
    candidates = record["u"].get("@deleted", [])
    if len(candidates) != 1 or candidates[0][0] is not True:
        return False
    deletions = [record["w"][place] for place in candidates[0][1]]
    others = [
        record["w"][place]
        for unit, each in {**record["u"], **record.get("s", {})}.items()
        if unit != "@deleted"
        for _, places in each
        for place in places
    ]
    return any(all(knows(deletion, write) for write in others) for deletion in deletions)


def knows(later: list[Any], write: list[Any]) -> bool:
    """Whether who made the one write had seen the other."""
    _, device, n, base = later[:4]
    return bool(write[0] <= base or (write[1] == device and write[2] < n))
