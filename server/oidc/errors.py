"""Why nobody was signed in from outside, in words for them; and for the operator, in one word."""

from enum import StrEnum

from server.office.errors import OfficeRefused
from shared.wire import Words


class Fault(StrEnum):
    """What was wrong; goes into the log, with nothing of what was sent."""

    AWAY = "away"
    """The provider did not answer, or not as the standard says."""
    DISCOVERY = "discovery"
    """It describes itself as somebody else, or names an address without TLS."""
    STATE = "state"
    """The answer is not to what this browser asked, or comes too late."""
    DECLINED = "declined"
    """The provider says no, or the person went back."""
    CODE = "code"
    """The provider does not take the code: it was used, or is not for us."""
    SIGNATURE = "signature"
    """The ID token is not signed by a key of the provider."""
    CLAIMS = "claims"
    """The ID token is not for us, not from there, not for this sign-in, or has expired."""


class OutsideRefused(OfficeRefused):
    """Nobody was signed in from outside."""

    def __init__(self, fault: Fault, detail: str = "") -> None:
        super().__init__(f"outside_{fault}", _WORDS.get(fault, _NOT_VALID))
        self.fault = fault
        self.detail = detail
        """The name of a claim or of an error in the standard; never a value."""


class NotLinked(OfficeRefused):
    """The person is known there, and no account of this town is theirs yet."""

    def __init__(self, code: str) -> None:
        super().__init__(
            "outside_not_linked",
            Words(
                f"您的统一登录身份还没有关联后台账号。请把这个编号告诉镇管理员：{code}。",
                "Your organisation sign-in is not linked with an account here yet. "
                f"Tell a town admin this code: {code}.",
            ),
        )


class AccountClosed(OfficeRefused):
    """The person's account here has been closed."""

    def __init__(self) -> None:
        super().__init__(
            "outside_closed",
            Words(
                "您在这里的账号已关闭。请联系镇管理员。",
                "Your account here is closed. Ask a town admin.",
            ),
        )


_NOT_VALID = Words(
    "统一登录返回的信息无效，没有登录。请重新登录；若反复出现，请联系维护人员。",
    "What the organisation's sign-in answered is not valid, so nobody was signed in. "
    "Try again; if it goes on, tell whoever keeps the server.",
)
_AWAY = Words(
    "统一登录暂时无法使用。请稍后再试，或用登录名和密码登录。",
    "The organisation's sign-in cannot be used now. Try later, or use your name and password.",
)
_WORDS = {
    Fault.AWAY: _AWAY,
    Fault.DISCOVERY: _AWAY,
    Fault.STATE: Words(
        "这次登录已过期，或不是在这个浏览器里开始的。请重新登录。",
        "This sign-in took too long, or was not begun in this browser. Please sign in again.",
    ),
    Fault.DECLINED: Words(
        "统一登录没有确认您的身份，没有登录。",
        "The organisation's sign-in did not say who you are, so nobody was signed in.",
    ),
}
