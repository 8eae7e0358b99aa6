"""What a file says of itself: who asked for it, why, when, and the mark of its recipient."""

from enum import StrEnum

from msgspec import Struct

from shared.wire import Words

MARK_COLUMN = "export_mark"


class Format(StrEnum):
    """How records can be written."""

    CSV = "csv"
    XLSX = "xlsx"
    GEOJSON = "geojson"
    JSONL = "jsonl"


class Purpose(StrEnum):
    """What a file is for; the reason says more."""

    REPORT = "report"
    SERVICE = "service"
    CHECK = "check"
    HANDOVER = "handover"
    RESEARCH = "research"
    OTHER = "other"


PURPOSE_WORDS = {
    Purpose.REPORT: Words("统计上报", "Statistics and reports"),
    Purpose.SERVICE: Words("为居民办事", "Services for residents"),
    Purpose.CHECK: Words("核查数据", "Checking the data"),
    Purpose.HANDOVER: Words("工作交接", "Handing work over"),
    Purpose.RESEARCH: Words("规划研究", "Planning and research"),
    Purpose.OTHER: Words("其他", "Something else"),
}


class Cover(Struct, frozen=True):
    """The words on the cover of one file."""

    export: str
    """Its id in the office's register of exports."""
    mark: str
    """Stands in every row: whose copy this is."""
    recipient: str
    town: str
    made_at: int
    purpose: Purpose
    reason: str
    language: str
    notice: Words = Words(
        "内部资料，仅限所列用途使用，用后删除，不得转发。每行的标识可以查到领取人。",
        "For the stated purpose only. Delete it afterwards and do not pass it on. "
        "The mark in each row leads to its recipient.",
    )

    def said(self, words: Words) -> str:
        """Words in the language of the file."""
        return words.zh if self.language == "zh" else words.en
