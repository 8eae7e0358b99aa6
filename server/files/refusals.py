"""Why a file, or a part of one, is not taken, in words that its sender can act on."""

from server.errors import ServerError
from shared.files import MIB
from shared.wire import Words


class FileRefused(ServerError):
    """The whole file is not taken, and nothing of it was kept: sending it again changes nothing."""


class FileTooLarge(FileRefused):
    """More bytes than a file of its kind may have."""

    def __init__(self, limit: int) -> None:
        mib = f"{limit / MIB:g}"
        super().__init__(
            "file_too_large",
            Words(
                f"附件太大，最多 {mib} MB，没有接收。",
                f"The attachment is too large (at most {mib} MB) and was not taken.",
            ),
        )


class OffsetMismatch(ServerError):
    """The part does not go on where the last one ended."""

    def __init__(self, received: int) -> None:
        super().__init__(
            "offset",
            Words(
                "上传的位置不对，请从已收到的位置继续。",
                "The upload does not go on where it stopped. Ask for the offset, then go on there.",
            ),
        )
        self.received = received


class UploadExpired(ServerError):
    """It was not finished in time."""

    def __init__(self) -> None:
        super().__init__(
            "upload_expired",
            Words("上传已过期，请重新上传。", "The upload has expired. Begin a new one."),
        )


class TooManyUploads(ServerError):
    """The device has many unfinished uploads."""

    def __init__(self) -> None:
        super().__init__(
            "too_many_uploads",
            Words(
                "未完成的上传太多，请先完成或取消。",
                "Too many uploads are unfinished. Finish or end some of them first.",
            ),
        )


class TooManyParts(ServerError):
    """The file comes in crumbs."""

    def __init__(self) -> None:
        super().__init__(
            "too_many_parts",
            Words(
                "附件分段太小太多，请取消后用更大的分段重新上传。",
                "The attachment comes in too many small parts. End it, and send larger parts.",
            ),
        )


class ChecksumMismatch(ServerError):
    """A part is not what its checksum says; it was not kept."""

    def __init__(self) -> None:
        super().__init__(
            "checksum",
            Words(
                "这一段在传输中损坏，请重新发送这一段。",
                "This part was damaged on its way. Send it again.",
            ),
        )


def wrong_hash() -> FileRefused:
    """The content is not the one that was announced."""
    return FileRefused(
        "wrong_hash",
        Words(
            "附件内容与其编号不符，没有接收，请重新添加。",
            "The attachment is not what it was announced as and was not taken. Add it again.",
        ),
    )


def wrong_type() -> FileRefused:
    """Its content is of no type that is taken, or is not whole."""
    return FileRefused(
        "wrong_type",
        Words(
            "不支持这种文件，或文件已损坏，没有接收。可以上传照片、录音和 PDF。",
            "This kind of file is not taken, or it is damaged. Photos, recordings and PDF are.",
        ),
    )


def not_bare() -> FileRefused:
    """It carries more than it shows: where it was taken, when, with what, or another file."""
    return FileRefused(
        "carries_metadata",
        Words(
            "附件里带有拍摄地点等附加信息，没有接收。请更新应用后重新添加。",
            "The attachment carries more than it shows, such as where it was taken, and was not "
            "taken. Update the app and add it again.",
        ),
    )


def too_many_pixels(edge: int) -> FileRefused:
    """An image whose edges are too long."""
    return FileRefused(
        "image_too_large",
        Words(
            f"照片尺寸太大，长边最多 {edge} 像素，没有接收。",
            f"The image is too large (at most {edge} pixels on its longer edge) and was not taken.",
        ),
    )
