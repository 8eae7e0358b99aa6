"""Seeing one masked answer whole: with a reason, written down, and only so often a day."""

from server.office.act import Act
from server.office.audit import Deed, times_done
from server.office.errors import OfficeRefused, refused
from server.office.roles import Action

REASON_MIN = 4
REASON_MAX = 200
A_DAY_MAX = 30
"""Answers that one account may see whole in 24 hours."""
_DAY_MS = 24 * 3600 * 1000


def note_reveal(act: Act, record: str, unit: str, reason: str) -> None:
    """Writes down that the actor is about to see an answer. Raises OfficeRefused or NotAllowed."""
    act.require(Action.REVEAL)
    reason = " ".join(reason.split())
    if not REASON_MIN <= len(reason) <= REASON_MAX:
        raise refused(
            "reveal_reason",
            f"请写明查看的原因，至少 {REASON_MIN} 个字。",
            f"Say why you need to see it, in at least {REASON_MIN} characters.",
        )
    # The audit trail takes a place in its chain first, so that two at once are counted too.
    act.note(Deed.REVEALED, f"{record} {unit}", reason)
    if reveals_today(act) > A_DAY_MAX:
        raise _too_often()


def reveals_today(act: Act) -> int:
    """How many answers the actor has seen in the last 24 hours."""
    done = act.who.id, Deed.REVEALED
    return times_done(act.conn, act.who.town, done, since=act.now - _DAY_MS)


def _too_often() -> OfficeRefused:
    return refused(
        "reveal_often",
        f"24 小时内最多查看 {A_DAY_MAX} 项。确有需要，请联系镇管理员。",
        f"At most {A_DAY_MAX} answers can be seen in 24 hours. If you need more, ask a town admin.",
    )
