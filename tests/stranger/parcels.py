"""More of a client from docs/protocol.md alone: repair, photos, and work that travels by hand."""

import json
import os
from base64 import b64decode, b64encode
from hashlib import sha256
from typing import Any

import zstandard
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tests.stranger.client import Client, Json, grid_of, part_of_sum

FIRST_LINE = b"doorstep-carry-over-1\n"
TUS = {"Tus-Resumable": "1.0.0"}
SMALL = 4
"""Records of a part that is taken again as a whole."""


# ---- repair -----------------------------------------------------------------------------------


def mend(client: Client, grid: str, after: str = "", upto: str = "") -> int:
    """Takes again those parts of a grid that differ; how many records that were."""
    query = f"grid={grid}&after={after}&upto={upto}"
    taken = 0
    for part in client.ask("GET", f"/v1/sums?{query}")["parts"]:
        mine = {
            name: each
            for name, each in client.records.items()
            if grid_of(each) == grid and after < name and (not part["upto"] or name <= part["upto"])
        }
        total = sum(part_of_sum(name, each["version"]) for name, each in mine.items()) % (1 << 64)
        if (len(mine), total) != (part["records"], part["checksum"]):
            taken += (
                _take_again(client, grid, (after, part["upto"]), mine)
                if part["records"] <= SMALL
                else mend(client, grid, after, part["upto"])
            )
        after = part["upto"]
    return taken


def _take_again(client: Client, grid: str, span: tuple[str, str], mine: Json) -> int:
    after, upto = span
    there: dict[str, Any] = {}
    while True:
        page = client.ask("GET", f"/v1/snapshot?grid={grid}&after={after}&upto={upto}&limit=2")
        there |= {record["id"]: record for record in page["records"]}
        if page.get("next") is None:
            break
        after = page["next"]
    for name in mine.keys() - there.keys():
        del client.records[name]
    client.records |= there
    return len(there)


# ---- files ------------------------------------------------------------------------------------


def address(content: bytes, media_type: str) -> Json:
    """What an answer says of a file."""
    return {"sha256": sha256(content).hexdigest(), "size": len(content), "type": media_type}


def upload(client: Client, content: bytes, *, part: int) -> int:
    """Sends a file in parts, each after asking how much is there; how many parts it took."""
    token = {"Authorization": f"Bearer {client.me['token']}"} | TUS
    sha = sha256(content).hexdigest()
    if client.http.head(f"/v1/files/{sha}", headers=token).status_code == 200:
        return 0
    named = b64encode(sha.encode()).decode()
    begun = client.http.post(
        "/v1/uploads",
        headers=token | {"Upload-Length": str(len(content)), "Upload-Metadata": f"sha256 {named}"},
    )
    place, parts = begun.headers["Location"], 0
    while True:
        there = int(client.http.head(place, headers=token).headers["Upload-Offset"])
        if there == len(content):
            return parts
        piece = content[there : there + part]
        said = b64encode(sha256(piece).digest()).decode()
        client.http.patch(
            place,
            content=piece,
            headers=token
            | {
                "Upload-Offset": str(there),
                "Upload-Checksum": f"sha256 {said}",
                "Content-Type": "application/offset+octet-stream",
            },
        ).raise_for_status()
        parts += 1


def download(client: Client, sha: str) -> bytes | None:
    """A file that a record names; nothing while it has not come."""
    token = {"Authorization": f"Bearer {client.me['token']}"}
    reply = client.http.get(f"/v1/files/{sha}", headers=token)
    if reply.status_code != 200 or sha256(reply.content).hexdigest() != sha:
        return None
    return reply.content


# ---- carry-over -------------------------------------------------------------------------------


def carry_over(client: Client) -> bytes:
    """What the server has not answered, as a file for a colleague's phone."""
    body = client.body_of(client.answered, client.outbox[client.answered :], boot="")
    signature = b64encode(client.key.sign(sha256(body).digest())).decode()
    inside = {
        "device": client.me["device"],
        "made": client.clock()["wall"],
        "pushes": [{"body": body.decode(), "signature": signature}],
    }
    once, key = X25519PrivateKey.from_private_bytes(os.urandom(32)), client.me["town_key"]
    public = once.public_key().public_bytes_raw()
    shared = once.exchange(X25519PublicKey.from_public_bytes(b64decode(key)))
    info = b"doorstep/carry-over/v1|" + client.me["town"].encode()
    derived = HKDF(SHA256(), 44, public + b64decode(key), info).derive(shared)
    content = zstandard.compress(json.dumps(inside).encode())
    return FIRST_LINE + public + AESGCM(derived[:32]).encrypt(derived[32:], content, FIRST_LINE)


def bring(client: Client, file: bytes) -> int:
    """Brings a colleague's file; how many of its changes were new."""
    headers = {
        "Authorization": f"Bearer {client.me['token']}",
        "Content-Type": "application/octet-stream",
    }
    reply = client.http.post("/v1/carry-over", content=file, headers=headers)
    reply.raise_for_status()
    return int(reply.json()["taken"])
