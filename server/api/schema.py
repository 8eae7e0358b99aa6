"""The API's description (OpenAPI), made from the very structs that it reads and writes."""

from dataclasses import dataclass
from typing import Any

import msgspec
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from server.api.examples import EXAMPLES
from server.api.health import Health
from server.services import VERSION
from shared.changes import Change
from shared.forms.model import Form
from shared.wire import Enrol, Enrolled, Page, Problem, Pull, Push, PushReply, SnapshotPage, Sums

Json = dict[str, Any]
"""A piece of an OpenAPI document, whose shape the standard gives."""

MESSAGES: tuple[type[msgspec.Struct], ...] = (
    Change,
    Enrol,
    Enrolled,
    Form,
    Health,
    Page,
    Problem,
    Pull,
    Push,
    PushReply,
    SnapshotPage,
    Sums,
)
_REF = "#/components/schemas/{name}"
_WHY = {
    400: "Not understood.",
    401: "Not enrolled, revoked, wrongly signed, or a wrong enrolment code.",
    404: "Not there, or not for this device.",
    408: "The body did not come in time.",
    409: "`gap`: send again from `last_n`; `fork`: ask for a new incarnation.",
    410: "`lost`: destroy the keys; `epoch` or `too_old`: push, then take a snapshot.",
    413: "Too large.",
    426: "Update the app. Pushes of every version are still taken.",
    429: "Too many tries; see Retry-After.",
    503: "Busy; nothing was done; see Retry-After.",
}
_ENCODING: Json = {
    "name": "Content-Encoding",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "enum": ["zstd", "gzip", "identity"]},
}
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

    def extra(self) -> Json:
        """The part of the route's description that FastAPI cannot see."""
        parameters = [_ENCODING] if self.asks else []
        parameters += [_SIGNATURE] if self.signed else []
        extra: Json = {"parameters": parameters} if parameters else {}
        if self.token:
            extra["security"] = [{"device": []}]
        if self.asks or self.signed:
            extra["requestBody"] = {"required": True, "content": _content(self.asks)}
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
            operation["responses"].pop("422", None)
    components = document.setdefault("components", {})
    components["schemas"] = schemas()
    components["securitySchemes"] = {
        "device": {
            "type": "http",
            "scheme": "bearer",
            "description": "The device's token, as enrolment answered it.",
        }
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


def _content(message: type[msgspec.Struct] | None) -> Json:
    if message is None:
        return {"application/json": {"schema": {"type": "object"}, "example": {}}}
    name = message.__name__
    media: Json = {"schema": {"$ref": _REF.format(name=name)}}
    if name in EXAMPLES:
        media["example"] = msgspec.json.decode(msgspec.json.encode(EXAMPLES[name]))
    return {"application/json": media}
