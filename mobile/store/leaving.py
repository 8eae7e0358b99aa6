"""What a file must be before it may be kept and sent: of a known type, small, and bare."""

from mobile.store.file_faults import too_large, unreadable_picture, wrong_type
from mobile.store.pictures import plain_picture
from shared.files import FileLimits
from shared.media import content_of, without_location


def fit_to_leave(content: bytes, limits: FileLimits, edge: int) -> tuple[bytes, str]:
    """The content as it may leave the device, and its media type. Raises FileNotTaken."""
    known = content_of(content)
    if known is None or known.picture is not None:
        picture = plain_picture(content, limits, edge)
        if picture is None:
            raise unreadable_picture() if known is not None else wrong_type()
        content, known = picture, content_of(picture)
    elif known.located:
        content = without_location(content)
    if known is None or known.type not in limits.types:
        raise wrong_type()
    if len(content) > limits.bytes_of(known.type):
        raise too_large(limits.bytes_of(known.type))
    return content, known.type
