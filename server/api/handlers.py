"""How errors leave the API."""

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from server.api.problems import INTERNAL, NO_SUCH_ADDRESS, WRONG_METHOD, retry_after, status_of
from server.api.tus import RESUMABLE, UPLOADS, VERSION, WrongVersion
from server.errors import ServerError
from server.files.refusals import OffsetMismatch
from server.register.refusals import NotUnderstood
from shared.wire import Problem, encode

_PROBLEMS = {404: NO_SUCH_ADDRESS, 405: WRONG_METHOD}


def add_handlers(app: FastAPI) -> None:
    """Makes every error a `Problem`."""
    app.add_exception_handler(ServerError, _refused)
    app.add_exception_handler(RequestValidationError, _not_understood)
    app.add_exception_handler(HTTPException, _of_framework)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, ServerError)
    structlog.get_logger().info("refused", code=error.code)
    wait = retry_after(error)
    headers = _headers(request) if wait is None else {"Retry-After": str(wait), **_headers(request)}
    if isinstance(error, WrongVersion):
        headers["Tus-Version"] = VERSION
    if isinstance(error, OffsetMismatch):
        headers["Upload-Offset"] = str(error.received)
    return _problem(error.problem, status_of(error), headers)


async def _not_understood(request: Request, __: Exception) -> Response:
    return _problem(NotUnderstood().problem, 400, _headers(request))


async def _of_framework(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    problem = _PROBLEMS.get(error.status_code)
    if problem is None:
        problem = INTERNAL if error.status_code >= 500 else NotUnderstood().problem
    return _problem(problem, error.status_code, dict(error.headers or {}))


def _headers(request: Request) -> dict[str, str]:
    """What every answer about an upload says."""
    return dict(RESUMABLE) if request.url.path.startswith(UPLOADS) else {}


def _problem(problem: Problem, status: int, headers: dict[str, str] | None = None) -> Response:
    kept = {"Cache-Control": "no-store", **(headers or {})}
    return Response(encode(problem), status, kept, media_type="application/json")
