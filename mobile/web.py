"""The app as an ASGI application: what a browser is served, and what it may do with it."""

import json
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path

import flet as ft

from mobile.fonts import FONT_FAMILY, FONT_URL, OTHER_SCRIPTS, lay_out_assets, other_font_url
from mobile.views.context import current_tab
from mobile.views.start import open_tab, prepare_tab
from mobile.views.state.house import House

SESSION_SECONDS = 300
"""A tab that lost its connection may come back for so long."""

Message = MutableMapping[str, object]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Asgi = Callable[[Message, Receive, Send], Awaitable[None]]


def create_web_app(house: House, assets: Path, *, entered: str = "", framed_at: str = "") -> Asgi:
    """The app as an ASGI application; every tab shows the one device of `house`.

    `entered`: an account that is open in each tab without a secret, as that of a preview.
    `framed_at`: it stands in a frame of a page that may be of this origin, begins at this address,
    and keeps its own address to itself.
    """
    import flet_web.fastapi as flet_web  # noqa: PLC0415 - a phone has none

    _lay_out(assets)

    async def start(page: ft.Page) -> None:
        await open_tab(page, house)

    def prepare(page: ft.Page) -> None:
        if framed_at and (page.route or "/") == "/":
            page.route = framed_at
        prepare_tab(page, house)
        if entered:
            current_tab().entered(entered)

    app = flet_web.app(
        start,
        before_main=prepare,
        assets_dir=str(assets),
        app_name="Doorstep",
        app_description="Doorstep",
        route_url_strategy=ft.RouteUrlStrategy.HASH if framed_at else ft.RouteUrlStrategy.PATH,
        no_cdn=True,
        session_timeout_seconds=SESSION_SECONDS,
    )
    return _to_this_machine_only(app, _policy("'self'" if framed_at else "'none'"))


def headers_of(scope: Message) -> dict[bytes, bytes]:
    """What a request says of itself, by the names in small letters."""
    return dict(_pairs(scope["headers"]))


async def refuse(scope: Message, receive: Receive, send: Send) -> None:
    """Says no, to a request as to a tab."""
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008})
    else:
        await answer(send, 403)


async def answer(send: Send, status: int) -> None:
    """An answer without a body."""
    await send({"type": "http.response.start", "status": status, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def _lay_out(assets: Path) -> None:
    """What the browser is served besides Flet's own files."""
    import flet_web  # noqa: PLC0415 - a phone has none

    web = Path(flet_web.get_package_web_dir())
    page = (web / "index.html").read_text(encoding="utf-8")
    (assets / "index.html").write_text(page.replace("<head>", f"<head>{_FIRST}", 1), "utf-8")
    if lay_out_assets(assets):
        # Named here, the font is there before the first text: else that is drawn as boxes.
        fonts = json.loads((web / "assets" / "FontManifest.json").read_text(encoding="utf-8"))
        fonts.append({"family": FONT_FAMILY, "fonts": [{"asset": f"..{FONT_URL}"}]})
        manifest = assets / "assets" / "FontManifest.json"
        manifest.parent.mkdir(exist_ok=True)
        manifest.write_text(json.dumps(fonts), encoding="utf-8")


_FIRST = """
<script>
  // Flet's client adds a script of an animation library from a foreign host. Nothing here uses it.
  const append = Element.prototype.append;
  Element.prototype.append = function (...nodes) {
    const foreign = (node) => node.src && new URL(node.src).origin !== location.origin;
    append.apply(this, nodes.filter((node) => !foreign(node)));
  };
  // In a frame without an origin the browser keeps nothing: Flet's client asks all the same.
  try { void navigator.serviceWorker; } catch { delete Navigator.prototype.serviceWorker; }
  for (const name of ["localStorage", "sessionStorage"]) {
    try { void window[name]; } catch {
      const kept = new Map();
      Object.defineProperty(window, name, { value: {
        getItem: (key) => kept.get(key) ?? null,
        setItem: (key, text) => { kept.set(key, String(text)); },
        removeItem: (key) => { kept.delete(key); },
        clear: () => { kept.clear(); },
        key: (place) => [...kept.keys()][place] ?? null,
        get length() { return kept.size; },
      } });
    }
  }
</script>
<style>
  /* A slider keeps an empty node as large as the screen before all others, which takes every tap
     once a screen reader is on (docs/decisions/0242-empty-node.md). */
  flt-semantics[style*="pointer-events: auto"]:empty:not([role], [aria-label],
  [flt-semantics-identifier]) { pointer-events: none !important; }
</style>"""

_DROPPED = frozenset(
    {
        b"access-control-allow-origin",
        # With these two, Flet's client draws with several threads, and now and then draws a
        # Chinese character of a variable font wrong (docs/decisions/0051-web.md).
        b"cross-origin-opener-policy",
        b"cross-origin-embedder-policy",
    }
)


def _policy(framed_by: str) -> str:
    """The Content-Security-Policy: nothing from anywhere else, and in nobody else's frame."""
    return (
        "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' 'wasm-unsafe-eval' "
        "blob:; worker-src 'self' blob:; connect-src 'self' data: blob:; img-src 'self' data: "
        "blob:; style-src 'self' 'unsafe-inline'; font-src 'self' data:; "
        f"frame-ancestors {framed_by}"
    )


def _to_this_machine_only(app: Asgi, policy: str) -> Asgi:
    """Answers only pages of this machine's own address, and lets them ask nobody else."""
    headers = [
        (b"content-security-policy", policy.encode()),
        (b"referrer-policy", b"no-referrer"),
        (b"x-content-type-options", b"nosniff"),
    ]

    async def guarded(scope: Message, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                sent = _pairs(message["headers"])
                kept = [pair for pair in sent if pair[0] not in _DROPPED]
                message["headers"] = [*kept, *headers]
            await send(message)

        if scope["type"] == "lifespan" or _is_local(scope):
            _find_font(scope)
            await app(scope, receive, with_headers if scope["type"] == "http" else send)
        else:
            await refuse(scope, receive, send)

    return guarded


def _find_font(scope: Message) -> None:
    """The engine asks for a font by a name that changes with its version: it is given ours."""
    path = str(scope.get("path", ""))
    base, _, wanted = path.partition("/assets/fonts/")
    family = wanted.partition("/")[0]
    if family in OTHER_SCRIPTS:
        scope["path"] = f"{base}{other_font_url(family)}"


def _is_local(scope: Message) -> bool:
    # Another site's page in the same browser, or a name that was made to point here.
    sent = headers_of(scope)
    host = sent.get(b"host", b"")
    if host.rpartition(b":")[0] not in (b"127.0.0.1", b"localhost"):
        return False
    origin = sent.get(b"origin")
    return origin is None or origin == b"http://" + host


def _pairs(headers: object) -> list[tuple[bytes, bytes]]:
    assert isinstance(headers, list | tuple)
    return [(bytes(name).lower(), bytes(value)) for name, value in headers]
