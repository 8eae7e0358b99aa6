"""The public page of a work card: whoever is shown one at the door sees whether it holds today.

It tells what is printed on the card, in both languages, and nothing of residents. A wrong code
says the same however near it came; who tries many is made to wait.
"""

from html import escape
from http import HTTPStatus

from anyio.to_thread import run_sync
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from server.clock import town_time
from server.limits import Rate, Throttle
from server.service.work_cards import Standing, standing
from server.services import Services
from shared.wire import Words

LOOKS = Rate(30, 60_000)
"""Of one address: a whole building may sit behind it."""
_HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-robots-tag": "noindex",
}
_STYLE = (
    ":root{color-scheme:light dark}"
    "body{font:18px/1.5 system-ui,'Noto Sans CJK SC',sans-serif;max-width:26rem;margin:0 auto;"
    "padding:1.5rem}"
    ".mark{font-size:1.5rem;font-weight:700;border:3px solid;border-radius:12px;"
    "padding:.75rem 1rem;display:flex;gap:.75rem;align-items:center}"
    ".holds{color:light-dark(#0b6e3c,#6bd69a)}.not{color:light-dark(#a12020,#ff9a9a)}"
    "h1{font-size:2rem;margin:1.25rem 0 0}small,.quiet{opacity:.75}dl{margin:1rem 0}"
    "dt{font-size:.85rem;opacity:.75}dd{margin:0 0 .75rem;font-size:1.1rem}"
)
HOLDS = Words("今天有效", "Valid today")
NOT = Words("此证无效", "Not valid")
UNKNOWN = Words("没有这张工作证", "There is no such card")
TOO_OFTEN = Words("查询过于频繁，请稍后再试", "Too many tries; please wait a moment")
ADVICE = Words(
    "来人不能出示有效证件时，您可以不开门，并拨打社区服务站或 12345 核实。",
    "If somebody cannot show a valid card, you need not open; call the service station or 12345.",
)


def work_card_route(services: Services) -> Route:
    """The route of the page."""
    tries = Throttle(LOOKS)

    async def page(request: Request) -> HTMLResponse:
        now = services.clock()
        caller = request.client.host if request.client else ""
        if wait := tries.wait_ms(caller, now):
            told = _page(_mark(TOO_OFTEN, holds=False))
            headers = {**_HEADERS, "retry-after": str(-(-wait // 1000))}
            return HTMLResponse(told, HTTPStatus.TOO_MANY_REQUESTS, headers)
        code = str(request.path_params["code"]).upper()
        found = await run_sync(standing, services.engine, code, now)
        if found is None:
            told = _page(_mark(UNKNOWN, holds=False) + _advice())
            return HTMLResponse(told, HTTPStatus.NOT_FOUND, _HEADERS)
        return HTMLResponse(_page(_told(found, now)), headers=_HEADERS)

    return Route("/w/{code}", page, methods=["GET"], name="work_card")


def _told(card: Standing, now: int) -> str:
    until, today = town_time(card.until - 1), town_time(now)
    facts = [
        (Words("工号", "Staff number"), card.staff_no),
        (Words("工作单位", "Works for"), card.town),
    ]
    if card.holds:
        facts += [
            (Words("负责区域", "Area"), "、".join(card.areas)),
            (Words("有效期至", "Until"), f"{until:%Y-%m-%d}"),
        ]
    listed = "".join(
        f"<dt>{escape(said.zh)} · <span lang=en>{escape(said.en)}</span></dt>"
        f"<dd>{escape(told)}</dd>"
        for said, told in facts
    )
    return (
        _mark(HOLDS if card.holds else NOT, holds=card.holds)
        + f"<h1>{escape(card.name)}</h1><dl>{listed}</dl>"
        + f"<p class=quiet>{today:%Y-%m-%d %H:%M}</p>"
        + ("" if card.holds else _advice())
    )


def _mark(said: Words, *, holds: bool) -> str:
    sign, kind = ("✓", "holds") if holds else ("✕", "not")
    return (
        f"<div class='mark {kind}' role=status><span aria-hidden=true>{sign}</span>"
        f"<div>{escape(said.zh)}<br><small lang=en>{escape(said.en)}</small></div></div>"
    )


def _advice() -> str:
    return f"<p>{escape(ADVICE.zh)}</p><p lang=en class=quiet>{escape(ADVICE.en)}</p>"


def _page(body: str) -> str:
    title = "工作证核验 · Work card"
    return (
        '<!doctype html><html lang="zh"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{title}</title><style>{_STYLE}</style><p class=quiet>{title}</p>{body}</html>"
    )
