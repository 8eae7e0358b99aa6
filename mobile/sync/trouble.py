"""What stops a sync: each with the state it ends in and words for the worker."""

from mobile.errors import AppError
from mobile.sync.report import SyncState
from shared.wire import Problem, Words


class Trouble(AppError):
    """The sync cannot go on now. Nothing is lost: it goes on from there next time."""

    code = "sync_trouble"

    def __init__(
        self,
        state: SyncState,
        words: Words,
        *,
        problem: Problem | None = None,
        retry_after: int = 0,
        status: int = 0,
    ) -> None:
        super().__init__(words)
        self.state = state
        self.problem = problem
        self.retry_after = retry_after
        self.status = status
        """The HTTP status of the server's answer; 0 when there was none."""


class Gap(Trouble):
    """The server lacks earlier changes of this device."""


class Fork(Trouble):
    """The server knows another history of this device: it must go on under a new id."""


class CutOff(Trouble):
    """The line broke while something was on its way."""


class TooMuch(Trouble):
    """The server, or something before it, does not take so much at once."""


class StartOver(Trouble):
    """The cursor is of no use any more: push first, then take snapshots."""


def copied() -> Fork:
    """Another copy of this device's files is in use."""
    return Fork(
        SyncState.SERVER_TROUBLE,
        Words(
            "这台设备的数据曾被恢复或复制，正在重新登记，未上报的内容不会丢失。",
            "This device was restored or copied and is being registered anew; nothing is lost.",
        ),
    )


def offline() -> Trouble:
    """No way to the server."""
    return Trouble(
        SyncState.OFFLINE,
        Words(
            "现在连不上服务器。内容都保存在本机，有网络时再同步。",
            "The server cannot be reached now. Everything is saved here; sync again later.",
        ),
    )


def cut_off() -> Trouble:
    """The connection broke, or was too slow to go on."""
    return CutOff(
        SyncState.OFFLINE,
        Words(
            "网络中断或太慢，同步没有完成。已完成的部分有效，稍后会接着进行。",
            "The connection broke or is too slow. What was done counts; it goes on from there.",
        ),
    )


def too_long() -> Trouble:
    """The answer does not end; less of it at once may."""
    plain = nonsense()
    return CutOff(plain.state, plain.words)


def nonsense() -> Trouble:
    """An answer that is not the server's: a log-in page of a public network, an error page ..."""
    return Trouble(
        SyncState.SERVER_TROUBLE,
        Words(
            "服务器的回答看不懂。可能是公共网络的登录页，或服务器出了故障。内容都保存在本机。",
            "The answer makes no sense: perhaps a network's log-in page, or the server is in "
            "trouble. Everything is saved here.",
        ),
    )


def failed(status: int) -> Trouble:
    """The server answered an error without saying which."""
    return Trouble(
        SyncState.SERVER_TROUBLE,
        Words(
            f"服务器暂时出错（{status}）。内容都保存在本机，请稍后再试。",
            f"The server is in trouble ({status}). Everything is saved here; try again later.",
        ),
    )


def no_room() -> Trouble:
    """Too little free space to receive."""
    return Trouble(
        SyncState.DISK_FULL,
        Words(
            "存储空间不足，没有接收新内容；已保存和已上报的都在。请清理空间后再同步。",
            "The storage is nearly full, so nothing was received; what is saved is safe. "
            "Free some space and sync again.",
        ),
    )


def stopped() -> Trouble:
    """The account was locked while the sync ran."""
    return Trouble(
        SyncState.STOPPED, Words("同步已停止，下次接着进行。", "Stopped; it goes on next time.")
    )
