"""The app's error tree: each error says, in both languages, what a worker can do about it."""

from collections.abc import Mapping
from pathlib import Path

from shared.wire import Words


class AppError(Exception):
    """What the app cannot go on from. `words` is fit to be shown as it is."""

    code = "trouble"

    def __init__(self, words: Words) -> None:
        super().__init__(words.en)
        self.words = words


class Locked(AppError):
    """The account is locked: nothing can be read before it is unlocked."""

    code = "locked"

    def __init__(self) -> None:
        super().__init__(Words("已锁定，请先解锁。", "Locked. Unlock it first."))


class WeakSecret(AppError):
    """The chosen PIN or passphrase is too easy to guess."""

    code = "weak_secret"


class WrongPin(AppError):
    """The PIN (or passphrase) is wrong."""

    code = "wrong_pin"

    def __init__(self, tries_left: int, wait_seconds: int) -> None:
        super().__init__(
            Words(
                f"密码不对，还可以试 {tries_left} 次。",
                f"That is not right; {tries_left} tries left.",
            )
        )
        self.tries_left = tries_left
        self.wait_seconds = wait_seconds
        """How long the next try must wait; the screen counts it down."""


class LockedUntil(AppError):
    """Too many wrong tries: the next one must wait."""

    code = "locked_until"

    def __init__(self, wait_seconds: int) -> None:
        wait = wait_words(wait_seconds)
        super().__init__(
            Words(f"试错次数太多，请等{wait.zh}后再试。", f"Too many wrong tries. Wait {wait.en}.")
        )
        self.wait_seconds = wait_seconds


class KeysDestroyed(AppError):
    """After the last try, or by the office's order, the keys were destroyed."""

    code = "keys_destroyed"

    def __init__(self) -> None:
        super().__init__(
            Words(
                "这台设备上的密钥已销毁，数据无法再打开。请联系管理员重新登记本机。",
                "The keys on this device were destroyed and its records cannot be opened. "
                "Ask the office to enrol the device again.",
            )
        )


class PinUsedUp(AppError):
    """After the last try no PIN opens the account; the office can still help."""

    code = "pin_used_up"

    def __init__(self) -> None:
        super().__init__(
            Words(
                "试错次数已用完，任何密码都不能再打开。内容还在本机：请点“忘记密码”，由两名管理员恢复。",
                "The tries are used up and no PIN opens it any more. Your work is still here: tap "
                "“Forgot PIN”, and two admins can let you in.",
            )
        )


class AwayTooLong(AppError):
    """The device was not in contact with the office for longer than it may be."""

    code = "away_too_long"

    def __init__(self, days: int) -> None:
        super().__init__(
            Words(
                f"本机已 {days} 天没有联系办公室，按规定已锁定。内容都在，请连上网络后再解锁一次。",
                f"This device was not in contact with the office for {days} days and is locked. "
                "Nothing is lost: connect to the network and unlock again.",
            )
        )
        self.days = days


class WrongDeviceSecret(AppError):
    """The device's own secret is missing or another one: the files were moved, or it was reset."""

    code = "wrong_device_secret"

    def __init__(self) -> None:
        super().__init__(
            Words(
                "本机的安全存储里没有对应的密钥：数据可能是从别的设备复制来的。请联系管理员重新登记。",
                "This device's secure storage does not hold the matching key: the files may have "
                "come from another device. Ask the office to enrol this device again.",
            )
        )


class DamagedRow(AppError):
    """A sealed row was changed, moved or cut: it is not opened, not even in part."""

    code = "damaged_row"

    def __init__(self, table: str, row: str) -> None:
        super().__init__(
            Words(
                "有一条记录在本机上已损坏，不能打开。请联网同步，会重新取回。",
                "One record on this device is damaged and was not opened. Sync to fetch it again.",
            )
        )
        self.table = table
        self.row = row


class StoreBroken(AppError):
    """The database file cannot be read. It was set aside, never deleted."""

    code = "store_broken"

    def __init__(self, set_aside: Path | None) -> None:
        super().__init__(
            Words(
                "本机的数据文件损坏。原文件已原样保留，未上报的内容可由管理员恢复。"
                "请重新打开应用并同步。",
                "The file with this device's records is damaged. It was kept as it is, so that "
                "unsent work can be rescued by the office. Open the app again and sync.",
            )
        )
        self.set_aside = set_aside


class StoreBusy(AppError):
    """Another window of the app has been writing for long."""

    code = "store_busy"

    def __init__(self) -> None:
        super().__init__(
            Words(
                "另一个窗口正在写入，这一步没有完成。请稍后再试。",
                "Another window of the app is writing, so this step was not done. Try again.",
            )
        )


class StoreTooNew(AppError):
    """The file was written by a newer version of the app."""

    code = "store_too_new"

    def __init__(self) -> None:
        super().__init__(
            Words(
                "本机的数据是更新版本的应用写的。请更新应用，数据不会丢失。",
                "This device's records were written by a newer version of the app. "
                "Update the app; nothing is lost.",
            )
        )


class DiskFull(AppError):
    """There is no room to write. What was saved before stays."""

    code = "disk_full"

    def __init__(self) -> None:
        super().__init__(
            Words(
                "存储空间不足，这一步没有保存；之前保存的都还在。请清理空间后再试。",
                "The storage is full and this step was not saved; everything saved before is "
                "safe. Free some space and try again.",
            )
        )


class NotReady(AppError):
    """A form cannot be saved as it is: `faults` says why, by question."""

    code = "not_ready"

    def __init__(self, faults: Mapping[str, Mapping[str, str]]) -> None:
        super().__init__(
            Words(
                f"还有 {len(faults)} 处需要填写或改正，请检查后再保存。",
                f"{len(faults)} answers are missing or need another look before saving.",
            )
        )
        self.faults = faults


class FormMissing(AppError):
    """This device does not have the form that is asked for."""

    code = "form_missing"

    def __init__(self, kind: str) -> None:
        super().__init__(
            Words(
                "本机还没有这张表，请先联网同步。",
                "This device does not have that form yet. Sync first.",
            )
        )
        self.kind = kind


class RecordGone(AppError):
    """The record is not on this device: it was moved to another grid, or never came."""

    code = "record_gone"

    def __init__(self) -> None:
        super().__init__(
            Words(
                "这条记录已不在本机（可能已划到其他网格），不能打开。",
                "That record is not on this device any more; it may have moved to another grid.",
            )
        )


class TooMuchAtOnce(AppError):
    """One save is larger than can be sent in one piece."""

    code = "too_much_at_once"

    def __init__(self) -> None:
        super().__init__(
            Words(
                "一次保存的内容太多，没有保存。请分几次保存。",
                "That is too much for one save, and it was not saved. Save it in parts.",
            )
        )


class UnsentWork(AppError):
    """Logging out would lose work that the office has not received."""

    code = "unsent_work"

    def __init__(self, unsent: int, drafts: int) -> None:
        super().__init__(
            Words(
                f"还有 {unsent} 项未上报、{drafts} 份草稿。请先同步并处理草稿，再退出。",
                f"{unsent} changes have not been sent and {drafts} drafts are open. "
                "Sync and finish the drafts first.",
            )
        )
        self.unsent = unsent
        self.drafts = drafts


class EnrolmentFailed(AppError):
    """The enrolment was not taken: a wrong text, a spent code, or no connection."""

    code = "enrolment_failed"


def wait_words(seconds: int) -> Words:
    """A waiting time in words, rounded up."""
    if seconds < 60:
        return Words(f" {seconds} 秒", f"{seconds} seconds")
    minutes = -(-seconds // 60)
    return Words(f" {minutes} 分钟", f"{minutes} minute{'s' if minutes > 1 else ''}")


def whereabouts(error: BaseException) -> str:
    """The kind of an error and its place, for a log; never its words, which may quote a record."""
    at = error.__traceback__
    while at is not None and at.tb_next is not None:
        at = at.tb_next
    place = f"{at.tb_frame.f_code.co_qualname}:{at.tb_lineno}" if at else "?"
    return f"{type(error).__name__} at {place}"
