"""Why somebody is not signed in, or not yet. Nobody is told what was wrong with a password."""

from msgspec import Struct

from server.office.errors import OfficeRefused
from server.office.sessions import Way
from shared.wire import Words


class SignInRefused(OfficeRefused):
    """Not signed in; nobody is told why."""

    def __init__(self) -> None:
        super().__init__(
            "sign_in_refused",
            Words(
                "登录名或密码不正确。多次输错后需等待几分钟再试。",
                "The login name or the password is not right. "
                "After several wrong tries, wait a few minutes.",
            ),
        )


class Half(Struct, frozen=True):
    """Who somebody has shown to be, where that is not enough yet."""

    town: str
    account: str
    login: str
    way: Way
    stamp: str
    """Of the password that counted then: with another one it is worth nothing."""


class MoreNeeded(OfficeRefused):
    """Who it is has been shown, and something else is asked for."""

    half: Half

    @property
    def account(self) -> tuple[str, str]:
        """Town and id of the account."""
        return self.half.town, self.half.account


class CodeNeeded(MoreNeeded):
    """The account asks for a code too."""

    def __init__(self, half: Half) -> None:
        super().__init__(
            "code_needed",
            Words("请输入验证应用里的 6 位数字。", "Type the six digits of your app."),
        )
        self.half = half


class SetUpNeeded(MoreNeeded):
    """The town asks the account for a second factor, and there is none yet."""

    def __init__(self, half: Half) -> None:
        super().__init__(
            "set_up_needed",
            Words(
                "本镇要求该账号使用两步验证。请先在后台登录一次，完成设置。",
                "This town asks this account for two-step sign-in. "
                "Sign in to the console once and set it up.",
            ),
        )
        self.half = half


class CodeRefused(OfficeRefused):
    """Not the code, or one that was taken before."""

    def __init__(self) -> None:
        super().__init__(
            "code_refused",
            Words(
                "验证码不正确或已经用过。多次输错后需等待几分钟再试。",
                "The code is not right, or was used already. "
                "After several wrong tries, wait a few minutes.",
            ),
        )
