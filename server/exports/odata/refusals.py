"""What a feed answers to a question that it does not understand, or must not answer."""

from server.errors import ServerError
from server.office.errors import OfficeRefused
from shared.wire import Words


class QueryRefused(ServerError):
    """A query option that this feed does not know, or that is not written right."""

    def __init__(self, option: str, why: str = "") -> None:
        detail = f" {why}" if why else ""
        super().__init__(
            "odata_query",
            Words(
                f"不支持或写错的查询：{option}。{why}".strip(),
                f"This query is not supported, or not written right: {option}.{detail}",
            ),
        )


class FeedSpent(OfficeRefused):
    """The token has read as many records today as it may."""

    def __init__(self, most: int) -> None:
        super().__init__(
            "feed_spent",
            Words(
                f"该令牌 24 小时内最多读取 {most} 条记录。请稍后再试，或请另一人批准更大的量。",
                f"This token may read {most} records in 24 hours. Come back later, or have a "
                "second admin agree to more.",
            ),
        )
