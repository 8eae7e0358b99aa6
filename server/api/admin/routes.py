"""The admin API's addresses: what each is asked with, and who answers."""

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from fastapi import APIRouter, Response
from msgspec import Struct

from server.api.admin.asking import Door
from server.api.admin.conflicts import ConflictRoutes
from server.api.admin.duplicates import DuplicateRoutes
from server.api.admin.export_messages import AskExport, ExportDecision, ExportList, ExportTold
from server.api.admin.exports import ExportRoutes
from server.api.admin.messages import (
    Asked,
    AskWorker,
    ConflictList,
    ConflictTold,
    Decided,
    Decision,
    Done,
    DuplicateList,
    Edited,
    EditRecord,
    History,
    Me,
    Merge,
    NotSame,
    RecordTold,
    Restore,
    Unmerge,
)
from server.api.admin.quarantine import QuarantineRoutes
from server.api.admin.quarantine_messages import (
    Correct,
    QuarantineList,
    QuarantineTold,
    SayWhy,
)
from server.api.admin.records import RecordRoutes
from server.api.context import SyncApi
from server.api.schema import Spoken
from shared.wire import Result

Handler: TypeAlias = Callable[..., Awaitable[Response]]
Message: TypeAlias = type[Struct]
Line: TypeAlias = tuple[str, str, str, Message | None, Message | None, Handler]
"""Method, path, summary, what it is asked with, what it answers (None: a file), who answers."""
BASE = "/v1/admin"
_READING = (400, 401, 403, 404, 408, 413, 503)
_WRITING = (*_READING, 409, 422)


def add_admin(
    router: APIRouter,
    api: SyncApi,
    add: Callable[[APIRouter, str, str, Spoken], Callable[[Handler], None]],
) -> None:
    """Puts the admin API into the router, by the function that adds a route."""
    door = Door(api)
    lines = [*_records(RecordRoutes(door)), *_conflicts(ConflictRoutes(door))]
    lines += [*_duplicates(DuplicateRoutes(door)), *_quarantine(QuarantineRoutes(door))]
    lines += _exports(ExportRoutes(door))
    for method, path, summary, asks, answers, handler in lines:
        problems = _READING if method == "GET" else _WRITING
        spoken = Spoken(summary, problems, asks, answers, admin=True)
        add(router, method, BASE + path, spoken)(handler)


def _records(routes: RecordRoutes) -> list[Line]:
    one = "/records/{record}"
    return [
        ("GET", "/me", "Whose token is this?", None, Me, routes.me),
        ("GET", one, "Read a record.", None, RecordTold, routes.record),
        ("GET", f"{one}/history", "Read a record's history.", None, History, routes.history),
        ("POST", f"{one}/changes", "Edit a record.", EditRecord, Edited, routes.change),
        (
            "POST",
            f"{one}/restore",
            "Write an earlier value again.",
            Restore,
            Edited,
            routes.restore,
        ),
    ]


def _conflicts(routes: ConflictRoutes) -> list[Line]:
    one = "/conflicts/{conflict}"
    return [
        ("GET", "/conflicts", "List conflicts.", None, ConflictList, routes.conflicts),
        ("GET", one, "Read a conflict.", None, ConflictTold, routes.conflict),
        ("POST", f"{one}/decision", "Decide a conflict.", Decision, Decided, routes.decision),
        ("POST", f"{one}/question", "Ask a worker.", AskWorker, Asked, routes.question),
    ]


def _duplicates(routes: DuplicateRoutes) -> list[Line]:
    return [
        ("GET", "/duplicates", "List likely duplicates.", None, DuplicateList, routes.duplicates),
        ("POST", "/duplicates/merge", "Merge two records.", Merge, Edited, routes.merge),
        ("POST", "/duplicates/unmerge", "Take a merge back.", Unmerge, Edited, routes.unmerge),
        (
            "POST",
            "/duplicates/not-the-same",
            "Say that two records are two.",
            NotSame,
            Done,
            routes.not_the_same,
        ),
    ]


def _quarantine(routes: QuarantineRoutes) -> list[Line]:
    all_, one = "/quarantine", "/quarantine/{device}/{n}"
    listed = "List changes that were not taken."
    return [
        ("GET", all_, listed, None, QuarantineList, routes.quarantine),
        ("GET", one, "Read one of them.", None, QuarantineTold, routes.one),
        ("POST", f"{one}/release", "Take it after all.", None, Result, routes.release),
        ("POST", f"{one}/correction", "Enter it corrected.", Correct, Edited, routes.correction),
        ("POST", f"{one}/return", "Send it back to the worker.", SayWhy, Done, routes.give_back),
        ("POST", f"{one}/rejection", "Refuse it for good.", SayWhy, Done, routes.rejection),
    ]


def _exports(routes: ExportRoutes) -> list[Line]:
    all_, one = "/exports", "/exports/{export}"
    decide = "Agree to a colleague's file, or not."
    return [
        ("GET", all_, "List orders for files.", None, ExportList, routes.exports),
        ("POST", all_, "Order a file of records.", AskExport, ExportTold, routes.ask),
        ("GET", one, "How does my order stand?", None, ExportTold, routes.one),
        ("POST", f"{one}/decision", decide, ExportDecision, ExportTold, routes.decision),
        ("GET", f"{one}/file", "Take the file.", None, None, routes.file),
    ]
