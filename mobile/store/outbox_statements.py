"""What a sync asks of the outbox a dozen times: made once, for to make one costs as much as to ask.

What each is for says the method of `mobile.store.outbox` that uses it.
"""

from sqlalchemy import bindparam, func, select

from mobile.store.base import table_of
from mobile.store.tables import OutboxRow
from mobile.store.values import OutboxState
from shared.wire import LINKS_MAX

_outbox = table_of(OutboxRow)
_of_device = _outbox.c.device == bindparam("b_device")
_of_state = _outbox.c.state == bindparam("b_state")

LAST_PLACE = select(func.max(_outbox.c.place))
ENTRIES = select(_outbox).where(_of_state).order_by(_outbox.c.place)
OLDEST_PENDING = (
    select(_outbox).where(_outbox.c.state == OutboxState.PENDING).order_by(_outbox.c.place).limit(1)
)
AFTER = (
    select(_outbox)
    .where(_of_device, _outbox.c.n > bindparam("b_after"))
    .order_by(_outbox.c.n)
    .limit(bindparam("b_limit"))
)
EVERY = -1
"""As the limit of `AFTER`: all there are."""
ONE = select(_outbox).where(_of_device, _outbox.c.n == bindparam("b_n"))
FIRST = select(func.min(_outbox.c.n)).where(_of_device, _of_state)
NUMBERS = select(_outbox.c.n).where(_of_device, _of_state).order_by(_outbox.c.n)
LINKS = (
    select(_outbox.c.n, _outbox.c.digest)
    .where(_of_device)
    .order_by(_outbox.c.n.desc())
    .limit(LINKS_MAX)
)
PLACES = select(_outbox.c.place, _outbox.c.n).where(
    _of_device, _outbox.c.n.in_(bindparam("b_numbers", expanding=True))
)
