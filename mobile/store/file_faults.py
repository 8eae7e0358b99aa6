"""Why a file is not taken or cannot be shown, in words for the worker."""

from mobile.errors import AppError
from shared.files import MIB
from shared.wire import Words


class FileNotTaken(AppError):
    """The file is none that can be attached: its type, its size, or it is damaged."""

    code = "file_not_taken"


class FileAway(AppError):
    """The file's content is not on this device."""

    code = "file_away"

    def __init__(self) -> None:
        super().__init__(
            Words(
                "这个附件不在本机，联网后可以打开。",
                "This attachment is not on this device. It can be opened when there is a "
                "connection.",
            )
        )


def vanished() -> FileNotTaken:
    """It was taken in here, and its file is gone before the office had it."""
    return FileNotTaken(
        Words(
            "这个附件在上传前从本机消失了，可能被清理软件删除。请重新拍摄或添加。",
            "This attachment disappeared from this device before it was sent; something may have "
            "cleaned it away. Take or add it again.",
        )
    )


def wrong_type() -> FileNotTaken:
    """Its content is of no type that is taken, whatever its name says."""
    return FileNotTaken(
        Words(
            "不支持这种文件。可以添加照片（JPEG、PNG、WebP）、录音（m4a、mp3、ogg、wav）和 PDF。",
            "This kind of file is not taken. Photos (JPEG, PNG, WebP), recordings (m4a, mp3, ogg, "
            "wav) and PDF are.",
        )
    )


def unreadable_picture() -> FileNotTaken:
    """It looks like an image, but does not open."""
    return FileNotTaken(
        Words("这张照片打不开，请重新拍摄或另选一张。", "This photo does not open; take another.")
    )


def too_large(limit: int) -> FileNotTaken:
    """More bytes than the server takes."""
    return FileNotTaken(
        Words(
            f"文件太大，最多 {limit // MIB} MB。请缩短录音或换一个文件。",
            f"The file is too large: at most {limit // MIB} MB. Make the recording shorter or "
            "choose another file.",
        )
    )
