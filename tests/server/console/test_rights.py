"""Who may open and do what: every route of the console against the policy table."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.routing import Mount, Route

from server.clock import new_id
from server.office.roles import POLICY, Action, Role
from tests.server.console.world import Browser, Desk, a_desk

LOGINS = {
    "town": Role.TOWN_ADMIN,
    "community": Role.COMMUNITY_ADMIN,
    "leader": Role.GRID_LEADER,
    "auditor": Role.AUDITOR,
    "police": Role.DEPARTMENT,
}
OPEN = frozenset(
    {"/login", "/logout", "/oidc/start", "/oidc/back", "/language/{to}", "/look/{to}", "/static"}
)
CHOSEN = frozenset(
    {
        *("households", "household", "AAAA", "photo", "1", "9", "diaries", "docx", "2026-08"),
        "privacy_notice",
    }
)
"""What stands in the table for a changing part of a path, besides ids."""
NOBODY = "nobody"
"""What starlette-admin offers and this console does not."""

ROUTES: dict[tuple[str, str], Action | str] = {
    ("GET", "/"): Action.SEE_CASES,
    ("GET", "/casework/cases"): Action.SEE_CASES,
    ("GET", "/casework/cases/new"): Action.HANDLE_CASES,
    ("POST", "/casework/cases/new"): Action.HANDLE_CASES,
    ("GET", "/casework/cases/{any}"): Action.SEE_CASES,
    ("POST", "/casework/cases/{any}/step"): Action.HANDLE_CASES,
    ("GET", "/work-reports"): Action.SEE_RECORDS,
    ("GET", "/work-reports/{any}/9"): Action.SEE_RECORDS,
    ("POST", "/work-reports/{any}/9/excuse"): Action.SET_RULES,
    ("GET", "/work-reports/rules"): Action.SEE_RECORDS,
    ("POST", "/work-reports/rules"): Action.SET_RULES,
    ("GET", "/work-entries/household"): Action.SEE_RECORDS,
    ("GET", "/review"): Action.SEE_RECORDS,
    ("GET", "/visit-rules"): Action.SEE_RECORDS,
    ("GET", "/visit-rules/{any}"): Action.SEE_RECORDS,
    ("POST", "/visit-rules/{any}"): Action.DECIDE,
    ("GET", "/board"): Action.SEE_RECORDS,
    ("GET", "/board/wall"): Action.SEE_RECORDS,
    ("GET", "/board/settled?first=2026-08-01&last=2026-08-31"): Action.SEE_RECORDS,
    ("GET", "/board/collection/{any}"): Action.SEE_RECORDS,
    ("POST", "/board/collection/{any}"): Action.ACCEPT_COLLECTION,
    ("GET", "/coverage"): Action.SEE_RECORDS,
    ("GET", "/coverage/workers"): Action.SEE_STAFF,
    ("GET", "/coverage/quality"): Action.SEE_RECORDS,
    ("POST", "/saved-lists/households/save"): Action.SEE_RECORDS,
    ("POST", "/saved-lists/households/{any}/drop"): Action.SEE_RECORDS,
    ("GET", "/map"): Action.SEE_RECORDS,
    ("GET", "/map/boundaries"): Action.SEE_AREAS,
    ("GET", "/buildings"): Action.SEE_RECORDS,
    ("GET", "/buildings/{any}"): Action.SEE_RECORDS,
    ("GET", "/legend"): Action.SEE_RECORDS,
    ("POST", "/legend/change"): Action.MANAGE_AREAS,
    ("POST", "/boundaries/upload"): Action.MANAGE_AREAS,
    ("POST", "/area-table/check"): Action.MANAGE_AREAS,
    ("POST", "/area-table/take"): Action.MANAGE_AREAS,
    ("GET", "/balance"): Action.SEE_STAFF,
    ("POST", "/review/act"): Action.DECIDE,
    ("GET", "/bulk"): Action.DECIDE,
    ("POST", "/bulk/apply"): Action.DECIDE,
    ("GET", "/bulk/done/{any}"): Action.DECIDE,
    ("GET", "/duplicates"): Action.DECIDE,
    ("POST", "/duplicates/again"): Action.DECIDE,
    ("GET", "/duplicates/{any}/{any}"): Action.SEE_RECORDS,
    ("POST", "/duplicates/{any}/{any}/merge"): Action.DECIDE,
    ("POST", "/duplicates/{any}/{any}/part"): Action.DECIDE,
    ("POST", "/duplicates/{any}/{any}/apart"): Action.DECIDE,
    ("POST", "/look-closer/household/{household}/reveal"): Action.REVEAL,
    ("GET", "/look-closer/household/{household}/as-of"): Action.SEE_RECORDS,
    ("GET", "/questions/{any}"): Action.SEE_RECORDS,
    ("GET", "/questions/new/household/{household}"): Action.DECIDE,
    ("POST", "/questions/ask"): Action.DECIDE,
    ("POST", "/questions/{any}/close"): Action.DECIDE,
    ("GET", "/conflicts"): Action.SEE_RECORDS,
    ("GET", "/conflicts/{conflict}"): Action.SEE_RECORDS,
    ("POST", "/conflicts/{conflict}"): Action.DECIDE,
    ("GET", "/households/list"): Action.SEE_RECORDS,
    ("GET", "/households/detail?pk={household}"): Action.SEE_RECORDS,
    ("GET", "/records/household/{household}/edit"): Action.EDIT_RECORDS,
    ("POST", "/records/household/{household}/edit"): Action.EDIT_RECORDS,
    ("GET", "/audit"): Action.SEE_AUDIT,
    ("POST", "/audit/check"): Action.SEE_AUDIT,
    ("GET", "/health"): Action.SEE_AUDIT,
    ("GET", "/rights"): Action.HANDLE_RIGHTS,
    ("GET", "/rights/new/{any}"): Action.HANDLE_RIGHTS,
    ("POST", "/rights/new/{any}"): Action.HANDLE_RIGHTS,
    ("GET", "/rights/{any}"): Action.HANDLE_RIGHTS,
    ("POST", "/rights/{any}/copy"): Action.HANDLE_RIGHTS,
    ("POST", "/rights/{any}/erase"): Action.ERASE,
    ("POST", "/rights/{any}/close"): Action.HANDLE_RIGHTS,
    ("POST", "/rights/check"): Action.HANDLE_RIGHTS,
    ("GET", "/retention"): Action.HANDLE_RIGHTS,
    ("GET", "/retention/household"): Action.HANDLE_RIGHTS,
    ("POST", "/retention/household"): Action.ERASE,
    ("GET", "/retention/hold/{household}"): Action.HANDLE_RIGHTS,
    ("POST", "/retention/hold/{household}"): Action.HANDLE_RIGHTS,
    ("POST", "/retention/lift/{any}"): Action.ERASE,
    ("GET", "/consents"): Action.HANDLE_RIGHTS,
    ("GET", "/consents/{any}"): Action.HANDLE_RIGHTS,
    ("POST", "/consents/{any}"): Action.HANDLE_RIGHTS,
    ("GET", "/notices"): Action.HANDLE_RIGHTS,
    ("POST", "/notices/privacy_notice"): Action.PUBLISH_FORMS,
    ("GET", "/exports"): Action.EXPORT,
    ("GET", "/exports/new?list=households"): Action.EXPORT,
    ("POST", "/exports/new"): Action.EXPORT,
    ("POST", "/exports/{any}/file"): Action.EXPORT,
    ("POST", "/exports/{any}/decide"): Action.EXPORT,
    ("GET", "/imports"): Action.IMPORT,
    ("GET", "/import-undo/{any}"): Action.IMPORT,
    ("POST", "/import-undo/{any}"): Action.IMPORT,
    ("POST", "/imports/check"): Action.IMPORT,
    ("GET", "/imports/{any}"): Action.IMPORT,
    ("POST", "/imports/{any}/columns"): Action.IMPORT,
    ("POST", "/imports/{any}/commit"): Action.IMPORT,
    ("POST", "/imports/{any}/drop"): Action.IMPORT,
    ("GET", "/imports/{any}/bad-rows"): Action.IMPORT,
    ("POST", "/import-choices/{any}/rows"): Action.IMPORT,
    ("POST", "/import-choices/{any}/forget"): Action.IMPORT,
    ("POST", "/devices/carry-over"): Action.MANAGE_DEVICES,
    ("GET", "/files/household/{household}/photo/{any}"): Action.SEE_RECORDS,
    ("POST", "/restore/household/{household}"): Action.EDIT_RECORDS,
    ("GET", "/held"): Action.SEE_RECORDS,
    ("GET", "/held/{any}/1"): Action.SEE_RECORDS,
    ("POST", "/held/{any}/1"): Action.DECIDE,
    ("GET", "/form-papers/household"): Action.EDIT_RECORDS,
    ("GET", "/form-papers/household/{household}"): Action.EDIT_RECORDS,
    ("POST", "/form-previews/start/household/9"): Action.PUBLISH_FORMS,
    ("GET", "/form-previews/{any}"): Action.PUBLISH_FORMS,
    ("GET", "/form-previews/{any}/app"): Action.PUBLISH_FORMS,
    ("POST", "/form-previews/{any}/look"): Action.PUBLISH_FORMS,
    ("GET", "/forms"): Action.PUBLISH_FORMS,
    ("POST", "/forms/upload"): Action.PUBLISH_FORMS,
    ("POST", "/forms/household/withdraw"): Action.PUBLISH_FORMS,
    ("GET", "/forms/household/9"): Action.PUBLISH_FORMS,
    ("GET", "/forms/household/9/source"): Action.PUBLISH_FORMS,
    ("POST", "/forms/household/9/publish"): Action.PUBLISH_FORMS,
    ("POST", "/forms/household/9/drop"): Action.PUBLISH_FORMS,
    ("GET", "/workers"): Action.SEE_STAFF,
    ("GET", "/workers/new"): Action.MANAGE_WORKERS,
    ("POST", "/workers/new"): Action.MANAGE_WORKERS,
    ("GET", "/workers/{worker}"): Action.SEE_STAFF,
    ("POST", "/workers/{worker}/assign"): Action.MANAGE_WORKERS,
    ("POST", "/workers/{worker}/end/{any}"): Action.MANAGE_WORKERS,
    ("POST", "/workers/{any}/dismiss"): Action.MANAGE_WORKERS,
    ("GET", "/hand-over/{worker}/{any}"): Action.MANAGE_WORKERS,
    ("POST", "/hand-over/{worker}/{any}"): Action.MANAGE_WORKERS,
    ("POST", "/workers/{worker}/code"): Action.ENROL,
    ("GET", "/workers/{worker}/code/AAAA"): Action.ENROL,
    ("GET", "/devices"): Action.SEE_STAFF,
    ("GET", "/devices/{any}"): Action.SEE_STAFF,
    ("POST", "/devices/{any}/revoke"): Action.MANAGE_DEVICES,
    ("POST", "/devices/{any}/lost"): Action.MANAGE_DEVICES,
    ("POST", "/rescues/{any}/agree"): Action.RESCUE,
    ("POST", "/rescues/{any}/refuse"): Action.RESCUE,
    ("GET", "/areas"): Action.SEE_AREAS,
    ("POST", "/areas/new"): Action.MANAGE_AREAS,
    ("POST", "/areas/{any}/rename"): Action.MANAGE_AREAS,
    ("POST", "/areas/{any}/end"): Action.MANAGE_AREAS,
    ("GET", "/accounts"): Action.SEE_ACCOUNTS,
    ("GET", "/accounts/new"): Action.MANAGE_ACCOUNTS,
    ("POST", "/accounts/new"): Action.MANAGE_ACCOUNTS,
    ("POST", "/accounts/{any}/password"): Action.MANAGE_ACCOUNTS,
    ("POST", "/accounts/{any}/unlock"): Action.MANAGE_ACCOUNTS,
    ("POST", "/accounts/{any}/close"): Action.MANAGE_ACCOUNTS,
    ("POST", "/accounts/{any}/factor-off"): Action.MANAGE_ACCOUNTS,
    ("POST", "/accounts/second-factor"): Action.MANAGE_ACCOUNTS,
    ("POST", "/accounts/{any}/unlink"): Action.MANAGE_ACCOUNTS,
    ("POST", "/accounts/identities/{any}/link"): Action.MANAGE_ACCOUNTS,
    ("POST", "/accounts/{any}/sessions-end"): Action.MANAGE_ACCOUNTS,
    ("GET", "/accounts/{any}/edit"): Action.MANAGE_ACCOUNTS,
    ("POST", "/accounts/{any}/edit"): Action.MANAGE_ACCOUNTS,
    ("GET", "/directory"): Action.SEE_AREAS,
    ("POST", "/directory/new"): Action.MANAGE_SERVICE,
    ("POST", "/directory/national"): Action.MANAGE_SERVICE,
    ("POST", "/directory/{any}"): Action.MANAGE_SERVICE,
    ("POST", "/directory/{any}/end"): Action.MANAGE_SERVICE,
    ("POST", "/directory/station/{any}"): Action.MANAGE_SERVICE,
    ("GET", "/assessments"): Action.SEE_RECORDS,
    ("POST", "/assessments/scheme"): Action.SET_SCHEME,
    ("GET", "/assessments/{any}/2026-08"): Action.SEE_RECORDS,
    ("POST", "/assessments/{any}/2026-08/sign"): Action.ASSESS,
    ("POST", "/assessments/{any}/2026-08/objection"): Action.EDIT_RECORDS,
    ("POST", "/assessments/{any}/2026-08/answer"): Action.ASSESS,
    ("GET", "/meetings"): Action.EDIT_RECORDS,
    ("GET", "/meetings/sheet"): Action.EDIT_RECORDS,
    ("POST", "/meetings/minutes"): Action.EDIT_RECORDS,
    ("GET", "/inspections"): Action.SEE_RECORDS,
    ("POST", "/inspections/draw"): Action.INSPECT,
    ("GET", "/inspections/{any}"): Action.SEE_RECORDS,
    ("GET", "/inspections/{any}/sheet"): Action.INSPECT,
    ("POST", "/inspections/{any}/finding"): Action.INSPECT,
    ("POST", "/inspections/{any}/close"): Action.INSPECT,
    ("GET", "/policy-cards"): Action.SEE_RECORDS,
    ("POST", "/policy-cards/save"): Action.PUBLISH_FORMS,
    ("POST", "/policy-cards/drop"): Action.PUBLISH_FORMS,
    ("GET", "/trainings"): Action.SEE_STAFF,
    ("POST", "/trainings/new"): Action.MANAGE_WORKERS,
    ("POST", "/trainings/{any}"): Action.MANAGE_WORKERS,
    ("GET", "/feedback"): Action.SEE_RECORDS,
    ("POST", "/feedback/{any}"): Action.EDIT_RECORDS,
    ("GET", "/picture-papers/map/{any}"): Action.SEE_RECORDS,
    ("GET", "/picture-papers/cover/{any}"): Action.SEE_RECORDS,
    ("GET", "/grid-papers"): Action.EDIT_RECORDS,
    ("GET", "/grid-papers/blank"): Action.EDIT_RECORDS,
    ("POST", "/grid-papers/filled"): Action.EXPORT,
    ("GET", "/grid-papers/diary"): Action.EDIT_RECORDS,
    ("GET", "/summary"): Action.SEE_RECORDS,
    ("POST", "/summary/text"): Action.EDIT_RECORDS,
    ("GET", "/summary/behind/diaries"): Action.SEE_RECORDS,
    ("GET", "/summary/document/docx"): Action.SEE_RECORDS,
    ("GET", "/papers"): Action.MANAGE_SERVICE,
    ("GET", "/papers/register"): Action.MANAGE_SERVICE,
    ("POST", "/papers/cards"): Action.MANAGE_SERVICE,
    ("GET", "/papers/cards/{any}"): Action.MANAGE_SERVICE,
    ("POST", "/papers/cards/{any}/spoiled"): Action.MANAGE_SERVICE,
    ("POST", "/papers/boards/{any}"): Action.MANAGE_SERVICE,
    ("POST", "/papers/work-cards"): Action.MANAGE_SERVICE,
    ("GET", "/papers/work-cards/{any}"): Action.MANAGE_SERVICE,
    ("POST", "/papers/work-cards/{any}/end"): Action.MANAGE_SERVICE,
    ("GET", "/me"): Action.SEE_CASES,
    ("POST", "/me/factor"): Action.SEE_CASES,
    ("POST", "/me/factor/off"): Action.SEE_CASES,
    ("POST", "/me/password"): Action.SEE_CASES,
    ("GET", "/me/factor"): Action.SEE_CASES,
    ("POST", "/me/factor/recovery"): Action.SEE_CASES,
    ("POST", "/me/sessions/end"): Action.SEE_CASES,
    ("POST", "/me/sessions/{any}/end"): Action.SEE_CASES,
    ("GET", "/households/create"): NOBODY,
    ("POST", "/households/create"): NOBODY,
    ("GET", "/households/edit?pk={household}"): NOBODY,
    ("POST", "/households/edit?pk={household}"): NOBODY,
    ("POST", "/_api/households/import"): NOBODY,
    ("POST", "/_api/households/action?name=delete&pks={household}"): NOBODY,
    ("POST", "/_api/households/action?name=export&all=1"): NOBODY,
    ("POST", "/_api/households/row-action?name=delete&pk={household}"): NOBODY,
    ("GET", "/_api/households/inline-edit?pk={household}&field=phone"): NOBODY,
    ("POST", "/_api/households/inline-edit?pk={household}&field=phone"): NOBODY,
}
"""Every route with what one must be allowed to do; `{...}` are ids that exist, or do not."""


@pytest.fixture(scope="module")
def shared_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    home: Path = tmp_path_factory.mktemp("rights")
    with a_desk(home) as desk:
        yield desk


@pytest.fixture(scope="module")
def places(shared_desk: Desk) -> dict[str, str]:
    household, conflict, phone = shared_desk.contested()
    return {
        "household": household,
        "conflict": conflict,
        "worker": phone.device.worker_id,
        "any": new_id(),
    }


@pytest.fixture(scope="module")
def browsers(shared_desk: Desk) -> dict[str, Browser]:
    return {login: shared_desk.signed_in(login) for login in LOGINS}


@pytest.mark.parametrize("login", LOGINS)
@pytest.mark.parametrize(("method", "path"), ROUTES, ids=str)
def test_a_role_opens_what_the_policy_table_says_and_nothing_else(
    browsers: dict[str, Browser], places: dict[str, str], login: str, method: str, path: str
) -> None:
    browser, address = browsers[login], "/console" + path.format(**places)
    action = ROUTES[method, path]

    page = browser.get(address) if method == "GET" else browser.post(address)

    if action == NOBODY:
        assert page.status in (400, 403), f"{login} {method} {path}: {page.status}"
    elif action in POLICY[LOGINS[login]]:
        # A refusal of what was asked (an id that is nobody's, nothing filled in) is no 403.
        assert page.status in (200, 400, 404), f"{login} {method} {path}: {page.status}"
    else:
        assert page.status == 403, f"{login} {method} {path}: {page.status}"


@pytest.mark.parametrize(("method", "path"), ROUTES, ids=str)
def test_nobody_who_has_not_signed_in_opens_anything(
    shared_desk: Desk, places: dict[str, str], method: str, path: str
) -> None:
    browser, address = shared_desk.browser(), "/console" + path.format(**places)

    page = browser.get(address) if method == "GET" else browser.post(address)

    assert "/console/login" in page.url


def test_no_route_is_left_out_of_the_table(shared_desk: Desk) -> None:
    app = shared_desk.app
    console = next(r for r in app.routes if isinstance(r, Mount) and r.path == "/console")
    known = {(method, _shape(path)) for method, path in ROUTES}

    missing = [
        (method, route.path)
        for route in console.routes
        if isinstance(route, Route) and route.path not in OPEN
        for method in sorted((route.methods or set()) - {"HEAD"})
        if (method, _shape(route.path)) not in known
    ]

    assert sorted(missing) == [
        ("GET", "/_api/{key}/inline-edit/row"),
        ("GET", "/_api/{key}/relation-lookup"),
        ("GET", "/_files/{storage}/{path:path}"),
        ("GET", "/area-table"),
        ("GET", "/boundaries"),
        ("GET", "/casework"),
        ("GET", "/files"),
        ("GET", "/form-papers"),
        ("GET", "/form-previews"),
        ("GET", "/hand-over"),
        ("GET", "/import-choices"),
        ("GET", "/import-undo"),
        ("GET", "/look-closer"),
        ("GET", "/picture-papers"),
        ("GET", "/questions"),
        ("GET", "/records"),
        ("GET", "/rescues"),
        ("GET", "/restore"),
        ("GET", "/saved-lists"),
        ("GET", "/work-entries"),
    ]


def test_the_routes_of_starlette_admin_that_only_read_stay_within_the_area(
    shared_desk: Desk, browsers: dict[str, Browser], places: dict[str, str]
) -> None:
    there = shared_desk.household(shared_desk.phone("W9", "g2"), "g2", head_name="林外人")

    row = browsers["leader"].get(f"/console/_api/households/inline-edit/row?pk={there}")
    looked_up = browsers["leader"].get("/console/_api/households/relation-lookup")
    files = browsers["leader"].get("/console/_files/local/keys.json")
    bare = [browsers["leader"].get(f"/console/{path}").status for path in ("files", "records")]

    assert row.status == 404
    assert there not in looked_up.response.text
    assert places["household"] in looked_up.response.text
    assert files.status == 404
    assert bare == [404, 404]


def _shape(path: str) -> str:
    """A route's path with every changing part as a star."""
    parts = path.split("?", maxsplit=1)[0].strip("/").split("/")
    return "/".join("*" if part.startswith("{") or part in CHOSEN else part for part in parts)
