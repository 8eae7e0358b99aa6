"""Where somebody signs in from, in words: the browser's name, and whether the place is near."""

from ipaddress import ip_address

from starlette.requests import Request

from server.console.words import say
from server.office.sessions import Origin

ADDRESS_MAX = 45
"""Characters of an IPv6 address at most."""
BROWSERS = (
    ("MicroMessenger", "WeChat"),
    ("360SE", "360"),
    ("360EE", "360"),
    ("QIHU", "360"),
    ("MetaSr", "Sogou"),
    ("QQBrowser", "QQ Browser"),
    ("UCBrowser", "UC"),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
"""What a browser's own line has in it, and its name. The first that fits: most say Chrome too."""
SYSTEMS = (
    ("OpenHarmony", "HarmonyOS"),
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def origin_of(request: Request) -> Origin:
    """Where a request comes from. Of what the browser says of itself only two words are kept."""
    address = request.client.host if request.client else ""
    return Origin(address[:ADDRESS_MAX], browser_name(request.headers.get("user-agent", "")))


def browser_name(said: str) -> str:
    """`Edge · Windows`, from a User-Agent line; empty where nothing in it is known."""
    names = (_first(BROWSERS, said), _first(SYSTEMS, said))
    return " · ".join(name for name in names if name)


def place_words(address: str) -> str:
    """An address as people know it: this machine, the office's own network, or from outside."""
    try:
        where = ip_address(address)
    except ValueError:
        return say("me.place_unknown")
    if where.is_loopback:
        return say("me.place_here")
    if where.is_private:
        return say("me.place_inside", address=address)
    return say("me.place_outside", address=address)


def _first(known: tuple[tuple[str, str], ...], said: str) -> str:
    return next((name for mark, name in known if mark in said), "")
