"""The API's description (OpenAPI), made from the very structs that it reads and writes."""

from dataclasses import dataclass
from typing import Any

import msgspec
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from server.api.admin.messages import MESSAGES as ADMIN_MESSAGES
from server.api.examples import EXAMPLES
from server.api.health import Health
from server.api.tus import PART_TYPE
from server.api.tus import VERSION as VERSION_OF_TUS
from server.version import VERSION
from shared.changes import Change
from shared.forms.model import Form
from shared.rescue import AskRescue, Rescue, Wiped
from shared.wire import (
    CarriedReply,
    Enrol,
    Enrolled,
    Incarnate,
    Page,
    Problem,
    Pull,
    Push,
    PushReply,
    SnapshotPage,
    Sums,
)

Json = dict[str, Any]
"""A piece of an OpenAPI document, whose shape the standard gives."""

MESSAGES: tuple[type[msgspec.Struct], ...] = (
    AskRescue,
    CarriedReply,
    Change,
    Enrol,
    Enrolled,
    Form,
    Health,
    Incarnate,
    Page,
    Problem,
    Pull,
    Push,
    PushReply,
    Rescue,
    SnapshotPage,
    Sums,
    Wiped,
    *ADMIN_MESSAGES,
)
_REF = "#/components/schemas/{name}"
_WHY = {
    400: "Not understood.",
    401: "Not enrolled, revoked, wrongly signed, or a wrong enrolment code.",
    403: "The token, or its account's role, does not allow this.",
    404: "Not there, or not for this device.",
    408: "The body did not come in time.",
    409: "`gap`: send again from `last_n`; `fork`: ask for a new incarnation; `offset`: go on "
    "from Upload-Offset.",
    410: "`lost`: destroy the keys; `epoch` or `too_old`: push, then take a snapshot; "
    "`upload_expired`: begin a new upload.",
    412: "Another version of tus.",
    413: "Too large.",
    415: "Not sent as a part of a file.",
    422: "The file, or the edit, is not taken, and nothing of it was kept.",
    426: "Update the app. Pushes of every version are still taken.",
    429: "Too many tries, or uploads; see Retry-After.",
    460: "The part is not what its checksum says; it was not kept.",
    503: "Busy; nothing was done; see Retry-After.",
}
_ENCODING: Json = {
    "name": "Content-Encoding",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "enum": ["zstd", "gzip", "identity"]},
}
_TUS = "Tus-Resumable"
_ALWAYS = frozenset({_TUS, "Upload-Length", "Upload-Metadata", "Upload-Offset"})
_SIGNATURE: Json = {
    "name": "Doorstep-Signature",
    "in": "header",
    "required": True,
    "description": "Base64 of the device key's Ed25519 signature over the SHA-256 of the JSON "
    "body before compression.",
    "schema": {"type": "string"},
}


@dataclass(frozen=True)
class Spoken:
    """What one route is asked with and answers."""

    summary: str
    problems: tuple[int, ...]
    asks: type[msgspec.Struct] | None = None
    answers: type[msgspec.Struct] | None = None
    token: bool = True
    signed: bool = False
    status: int = 200
    headers: tuple[str, ...] = ()
    """Other headers that it is asked with, or may be."""
    part: bool = False
    """Asked with bytes of a file."""
    file: bool = False
    """Asked with a whole file."""
    admin: bool = False
    """Asked with an admin's token, not a device's."""

    def extra(self) -> Json:
        """The part of the route's description that FastAPI cannot see."""
        parameters = [_ENCODING] if self.asks else []
        parameters += [_SIGNATURE] if self.signed else []
        parameters += [_header(name) for name in self.headers]
        extra: Json = {"parameters": parameters} if parameters else {}
        if self.token:
            extra["security"] = [{"admin" if self.admin else "device": []}]
        if self.asks or self.signed:
            extra["requestBody"] = {"required": True, "content": _content(self.asks)}
        if self.part or self.file:
            binary = {"schema": {"type": "string", "format": "binary"}}
            content: Json = {PART_TYPE if self.part else "application/octet-stream": binary}
            extra["requestBody"] = {"required": True, "content": content}
        return extra

    def responses(self) -> dict[int | str, Json]:
        """What may be answered."""
        said: dict[int | str, Json] = {
            status: {"description": _WHY[status], "content": _content(Problem)}
            for status in self.problems
        }
        if self.answers:
            said[200] = {"description": "Done.", "content": _content(self.answers)}
        return said


def description(app: FastAPI) -> Json:
    """The whole document."""
    document: Json = get_openapi(
        title="Doorstep",
        version=VERSION,
        summary="The sync of household records between workers' devices and the register.",
        description="Bodies are JSON, as zstd, gzip or plain (`Content-Encoding`, "
        "`Accept-Encoding`). Times are ms since the epoch. Unknown fields are ignored. "
        "Every error is a `Problem` with a sentence in Chinese and in English.",
        routes=app.routes,
    )
    for path in document["paths"].values():
        for operation in path.values():
            responses = operation["responses"]
            if responses.get("422", {}).get("description") == "Validation Error":
                del responses["422"]  # the framework's own: such a request is answered 400
    components = document.setdefault("components", {})
    components["schemas"] = schemas()
    components["securitySchemes"] = {
        "device": {
            "type": "http",
            "scheme": "bearer",
            "description": "The device's token, as enrolment answered it.",
        },
        "admin": {
            "type": "http",
            "scheme": "bearer",
            "description": "An access token, as `doorstep add-token` made it.",
        },
    }
    return document


def schemas() -> Json:
    """The JSON schema of every message, by name."""
    _, components = msgspec.json.schema_components(
        MESSAGES, schema_hook=_of_answer, ref_template=_REF
    )
    named: Json = dict(components)
    # A change stays as the bytes that were hashed, so `Push` itself does not parse it.
    named["Push"]["properties"]["changes"]["items"] = {"$ref": _REF.format(name="Change")}
    return named


def _of_answer(kind: type) -> Json:
    if kind is not object:
        raise NotImplementedError
    return {"description": "An answer: any JSON value."}


def _header(name: str) -> Json:
    schema: Json = {"type": "string"} | ({"enum": [VERSION_OF_TUS]} if name == _TUS else {})
    required = name in _ALWAYS
    return {"name": name, "in": "header", "required": required, "schema": schema}


def _content(message: type[msgspec.Struct] | None) -> Json:
    if message is None:
        return {"application/json": {"schema": {"type": "object"}, "example": {}}}
    name = message.__name__
    media: Json = {"schema": {"$ref": _REF.format(name=name)}}
    if name in EXAMPLES:
        media["example"] = msgspec.json.decode(msgspec.json.encode(EXAMPLES[name]))
    return {"application/json": media}
