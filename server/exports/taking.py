"""Taking the file of an order: made now, written down, and gone with the last who reads it."""

import tempfile
from collections.abc import Iterator
from typing import BinaryIO

from server.clock import town_time
from server.exports.files import file_name
from server.exports.making import Chosen, Maker
from server.exports.odata.feed import Feed
from server.exports.orders import Order, Wanted, taken
from server.office.act import acting
from server.office.people import AccountIdentity
from server.services import Services

PART = 256 * 1024


def filtered(services: Services, who: AccountIdentity, wanted: Wanted) -> Chosen:
    """The records that the order's filter keeps, judged on what the account sees; none without."""
    if not wanted.filter:
        return {}
    feed = Feed(services, who, wanted.kinds)
    return {kind: feed.ids(kind, wanted.filter) for kind in wanted.kinds}


def take_file(
    services: Services, who: AccountIdentity, order: Order, chosen: Chosen
) -> Iterator[bytes]:
    """The file's parts; that it is taken is written down before the first. Raises OfficeRefused."""
    # Without a name in any folder.
    content: BinaryIO = tempfile.TemporaryFile()  # noqa: SIM115 - closed when it was read
    try:
        rows = Maker(services, who).write(order, chosen, content)
        with acting(services.engine, services.keys, who, services.clock) as act:
            taken(act, order, rows)
    except BaseException:
        content.close()
        raise
    content.seek(0)
    return _parts(content)


def named(services: Services, order: Order) -> tuple[str, str]:
    """What the file is called, and its media type."""
    stem = "-".join((*order.wanted.kinds[:2], f"{town_time(services.clock()):%Y%m%d-%H%M}"))
    return file_name(order.wanted.format, len(order.wanted.kinds), stem)


def _parts(content: BinaryIO) -> Iterator[bytes]:
    with content:
        yield from iter(lambda: content.read(PART), b"")
