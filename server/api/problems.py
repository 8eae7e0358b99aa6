"""Every error as its HTTP status and a `Problem` in both languages."""

from random import randrange

from server.api.tus import NoPart, WrongVersion
from server.db.errors import (
    DatabaseAway,
    DatabaseBusy,
    DatabaseError,
    DatabaseFull,
    ValueNotTaken,
)
from server.errors import NotFound, ServerError
from server.files.refusals import (
    ChecksumMismatch,
    FileRefused,
    FileTooLarge,
    OffsetMismatch,
    TooManyUploads,
    UploadExpired,
)
from server.office.devices import Lost, Revoked, Unauthorised
from server.office.enrolment import EnrolmentRefused
from server.office.errors import NotAllowed
from server.office.tokens import TokenRefused
from server.register.refusals import (
    AlreadyMerged,
    CursorForged,
    CursorOld,
    CursorTooOld,
    EditsRefused,
    Fork,
    Gap,
    NotDecided,
    NothingToTake,
    NotMerged,
    NotReleasable,
    NotRestorable,
    NotUnderstood,
    NotWaiting,
)
from server.register.sealing import SealBroken
from shared.wire import Problem, Words

INTERNAL = Problem(
    "internal",
    Words(
        "服务器出错，未保存任何内容。请稍后再试；手机上的内容不会丢失。",
        "The server failed and saved nothing. Try again later; nothing on the phone is lost.",
    ),
)
NO_SUCH_ADDRESS = Problem(
    "not_found",
    Words("没有这个地址。请检查服务器地址是否正确。", "No such address. Check the server address."),
)
WRONG_METHOD = Problem(
    "wrong_method", Words("该地址不支持这种请求方式。", "This address is not asked in that way.")
)
BUSY_SECONDS = 5
UPLOADS_SECONDS = 600


class TooLarge(ServerError):
    """More bytes than one request may have."""

    def __init__(self) -> None:
        super().__init__(
            "too_large",
            Words(
                "一次上传的内容过多，请更新应用后再试；手机上的内容不会丢失。",
                "Too much at once. Update the app and try again; nothing on the phone is lost.",
            ),
        )


class TooSlow(ServerError):
    """The body did not come in time."""

    def __init__(self) -> None:
        super().__init__(
            "too_slow",
            Words(
                "网络太慢，上传中断。请换个信号好的地方再试；手机上的内容不会丢失。",
                "The network is too slow and the upload stopped. "
                "Try again where the signal is better; nothing on the phone is lost.",
            ),
        )


class Busy(ServerError):
    """More devices at once than this process takes; decided before any other work."""

    def __init__(self) -> None:
        super().__init__(
            "busy",
            Words(
                "同步人数较多，请稍后再试；没有任何内容丢失。",
                "Many devices are syncing. Try again in a moment; nothing is lost.",
            ),
        )


class TooMany(ServerError):
    """Too many tries from one address."""

    def __init__(self, wait_ms: int) -> None:
        super().__init__(
            "too_many",
            Words(
                "尝试次数过多，请稍等一分钟再试。", "Too many tries. Wait a minute, then try again."
            ),
        )
        self.wait_s = -(-wait_ms // 1000)


class BadSignature(ServerError):
    """The body was not signed by the device's key."""

    def __init__(self) -> None:
        super().__init__(
            "bad_signature",
            Words(
                "本设备的签名无效，内容未被接收。请联系管理员；手机上的内容不会丢失。",
                "This device's signature is not right, so nothing was taken. "
                "Ask your admin; nothing on the phone is lost.",
            ),
        )


class UpdateApp(ServerError):
    """The app is too old to read what it would be given. What it sends is still taken."""

    def __init__(self) -> None:
        super().__init__(
            "update_app",
            Words(
                "应用版本过旧，请更新后再接收新内容；您的修改已可照常上传。",
                "The app is too old. Update it to receive news; your changes are still taken.",
            ),
        )


_STATUS: tuple[tuple[type[ServerError], int], ...] = (
    (NotFound, 404),
    (NotAllowed, 403),
    (Unauthorised, 401),
    (Revoked, 401),
    (BadSignature, 401),
    (EnrolmentRefused, 401),
    (Lost, 410),
    (CursorOld, 410),
    (CursorTooOld, 410),
    (Gap, 409),
    (Fork, 409),
    (NotUnderstood, 400),
    (TokenRefused, 401),
    (NotWaiting, 409),
    (AlreadyMerged, 409),
    (EditsRefused, 422),
    (NotDecided, 422),
    (NothingToTake, 422),
    (NotMerged, 422),
    (NotReleasable, 422),
    (NotRestorable, 422),
    (CursorForged, 400),
    (TooLarge, 413),
    (TooSlow, 408),
    (FileTooLarge, 413),
    (FileRefused, 422),
    (OffsetMismatch, 409),
    (UploadExpired, 410),
    (TooManyUploads, 429),
    (ChecksumMismatch, 460),
    (WrongVersion, 412),
    (NoPart, 415),
    (UpdateApp, 426),
    (TooMany, 429),
    (Busy, 503),
    (DatabaseBusy, 503),
    (DatabaseFull, 503),
    (DatabaseAway, 503),
    (ValueNotTaken, 400),
    (DatabaseError, 500),
    (SealBroken, 500),
)


def status_of(error: ServerError) -> int:
    """The HTTP status that an error is answered with."""
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 400)


def retry_after(error: ServerError) -> int | None:
    """The seconds after which the same request may succeed, if waiting helps."""
    if isinstance(error, TooMany):
        return error.wait_s
    if isinstance(error, TooManyUploads):
        return UPLOADS_SECONDS
    if status_of(error) != 503:
        return None
    # Devices that were sent away together must not come back together.
    return BUSY_SECONDS + randrange(BUSY_SECONDS)
