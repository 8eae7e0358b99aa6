"""Why a request or a change is not taken, in words that its author can act on."""

from server.errors import ServerError
from shared.wire import Problem, Result, Words


class Gap(ServerError):
    """Changes before these are missing."""

    def __init__(self, last_n: int, digest: str) -> None:
        super().__init__(
            "gap",
            Words(
                "有更早的修改尚未送达，请重新同步。",
                "Earlier changes have not arrived yet. Sync again.",
            ),
        )
        self.last_n = last_n
        self.digest = digest

    @property
    def problem(self) -> Problem:
        """With what the server has of this device."""
        return Problem(self.code, self.words, self.last_n, self.digest)


class Fork(ServerError):
    """The device's history is not the one that the server knows: restored, or cloned."""

    def __init__(self, last_n: int) -> None:
        super().__init__(
            "fork",
            Words(
                "这台设备的数据曾被恢复或复制。应用会自动重新登记，未上传的修改不会丢失。",
                "This device's data was restored or copied. The app registers itself anew; "
                "no unsent change is lost.",
            ),
        )
        self.last_n = last_n

    @property
    def problem(self) -> Problem:
        """With the last change that the server has of this device."""
        return Problem(self.code, self.words, self.last_n)


class NotUnderstood(ServerError):
    """The request is not one of this protocol."""

    def __init__(self) -> None:
        super().__init__(
            "not_understood",
            Words("服务器无法识别此请求。", "The server does not understand the request."),
        )


class CursorForged(ServerError):
    """The cursor was not made by this server."""

    def __init__(self) -> None:
        super().__init__(
            "bad_cursor",
            Words(
                "同步位置无效，请重新下载网格数据。",
                "The sync position is not valid. Download the grid again.",
            ),
        )


class CursorOld(ServerError):
    """The cursor is from before the server was restored."""

    def __init__(self) -> None:
        super().__init__(
            "epoch",
            Words(
                "服务器数据已恢复过，应用将先上传修改，再重新下载网格数据。",
                "The server was restored. The app sends its changes and downloads the grid again.",
            ),
        )


class CursorTooOld(ServerError):
    """What left the grid since the cursor is forgotten."""

    def __init__(self) -> None:
        super().__init__(
            "too_old",
            Words(
                "距上次同步时间太久，应用将先上传修改，再重新下载网格数据；不会丢失任何内容。",
                "The last sync is too long ago. The app sends its changes first and downloads "
                "the grid again; nothing is lost.",
            ),
        )


class EditsRefused(ServerError):
    """Some of an account's edits cannot be taken, so none was."""

    def __init__(self, refused: dict[int, Result]) -> None:
        first = next(iter(refused.values())).problem
        assert first is not None
        super().__init__(first.code, first.words)
        self.refused = refused
        """By the place of the edit."""


class NotMerged(ServerError):
    """There is no merge to take back."""

    def __init__(self) -> None:
        super().__init__(
            "not_merged",
            Words(
                "这条记录没有合并到别的记录，无法拆分。",
                "This record is not merged into another one, so there is nothing to take back.",
            ),
        )


class AlreadyMerged(ServerError):
    """The record is merged into that one already. A second merge could not be taken back whole."""

    def __init__(self) -> None:
        super().__init__(
            "already_merged",
            Words(
                "这条记录已经合并到那一条，没有改动任何内容。请刷新页面。",
                "This record is merged into that one already, and nothing was done. "
                "Refresh the page.",
            ),
        )


class NotDecided(ServerError):
    """What the survivor would take over has two answers there, and a person must decide first."""

    def __init__(self) -> None:
        super().__init__(
            "not_decided",
            Words(
                "保留的这条记录里，有一项还有两个答案未裁定，不能直接用另一条的答案代替。请先裁定，再合并。",
                "The record that stands still has two answers to one of these questions. "
                "Decide that conflict first, then merge.",
            ),
        )


class NothingToTake(ServerError):
    """The merged record has no answer to what the survivor would take over."""

    def __init__(self, unit: str) -> None:
        super().__init__(
            "nothing_to_take",
            Words(
                f"要并入的那条记录里没有“{unit}”的答案，不能采用。请重新查看两条记录，再合并。",
                f"The record that is merged has no answer to “{unit}” that could be taken over. "
                "Look at both records again, then merge.",
            ),
        )


class NotRestorable(ServerError):
    """The change did not write what is to stand again."""

    def __init__(self) -> None:
        super().__init__(
            "not_restorable",
            Words(
                "那一步没有改过这一项，无法恢复。请在时间线中另选一步。",
                "That step did not write this answer. Choose another step of the timeline.",
            ),
        )


class NotWaiting(ServerError):
    """Somebody has dealt with this change already."""

    def __init__(self) -> None:
        super().__init__(
            "not_waiting",
            Words(
                "这条修改已经处理过，没有改动任何内容。请刷新列表。",
                "This change has been dealt with already, and nothing was done. Refresh the list.",
            ),
        )


class NotReleasable(ServerError):
    """The change cannot be taken as it is."""

    def __init__(self, why: Problem) -> None:
        super().__init__(
            "not_releasable",
            Words(
                f"仍然不能收录：{why.words.zh}可以改正后登记，或退回给网格员。",
                f"It still cannot be taken: {why.words.en} "
                "Correct and enter it, or send it back to the worker.",
            ),
        )
