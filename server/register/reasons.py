"""Why a single change, or some of its units, is not taken: words that a worker can act on."""

from collections.abc import Mapping
from types import MappingProxyType

from shared.wire import Problem, Words

REASONS: Mapping[str, Words] = MappingProxyType(
    {
        "not_understood": Words(
            "服务器无法识别这条修改。已原样保留，请联系管理员。",
            "The server could not read this change. It is kept as it is; tell your admin.",
        ),
        "wrong_worker": Words(
            "这条修改署的是别人的名字，未登记。请联系管理员核对设备。",
            "This change carries another worker's name. Ask your admin to check the device.",
        ),
        "out_of_area": Words(
            "这条记录不在您负责的网格内，修改已保留，未登记。请联系管理员。",
            "This record is not in your grids. The change is kept but not entered; ask your admin.",
        ),
        "unknown_kind": Words(
            "服务器上没有这类记录的表单。修改已保留，请联系管理员。",
            "The server has no form for this kind of record. The change is kept; ask your admin.",
        ),
        "unknown_grid": Words(
            "要移入的网格不存在，请重新选择网格。",
            "The grid to move it to does not exist. Choose another one.",
        ),
        "wrong_kind": Words(
            "这条记录在服务器上是另一类记录。修改已保留，请联系管理员。",
            "On the server this record is of another kind. The change is kept; ask your admin.",
        ),
        "bad_base": Words(
            "设备上的数据比服务器新，可能服务器已恢复过。请联系管理员。",
            "The device has newer data than the server, which may have been restored. "
            "Ask your admin.",
        ),
        "bad_answers": Words(
            "有的答案不符合要求，未登记。请按提示改正后重新保存。",
            "Some answers are not as they must be and were not entered. Correct and save again.",
        ),
        "already_written": Words(
            "已写入的内容不能改动，请新增一条更正。",
            "What was written stays as it is. Add a correction instead.",
        ),
        "not_yours": Words(
            "这一步须由办公室办理，未登记。请把情况上报上一级。",
            "Only the office may take this step, so it was not entered. Raise the case one level.",
        ),
        "erased": Words(
            "应本人要求，这份资料已依法删除，修改未登记，内容也未保留。",
            "This record was erased at the person's request. The change was not entered, "
            "and its content was not kept.",
        ),
        "consent_withdrawn": Words(
            "本人已不同意保存以下内容，未登记，也未保留：",
            "The person does not let this be kept any more. It was not entered and not kept:",
        ),
        "bad_alias": Words(
            "不能合并到这条记录：它不存在、已删除、类别不同，或已合并到本记录。请重新选择。",
            "It cannot be merged into that record, which is not there, deleted, of another kind, "
            "or merged into this one. Choose another one.",
        ),
        "parent_deleted": Words(
            "要归入的档案已删除，未移动，仍在原处。请另选一个，或请管理员恢复它。",
            "What it was to be moved under is deleted, so it stays where it was. "
            "Choose another one, or ask your admin to restore it.",
        ),
        "parent_cycle": Words(
            "要归入的档案本身属于这条档案，未移动，仍在原处。请另选一个。",
            "What it was to be moved under is itself a part of it, so it stays where it was. "
            "Choose another one.",
        ),
        "waits_for_record": Words(
            "正在等待这条记录的登记，收到后会自动生效。",
            "It waits until the record itself arrives, and takes effect by itself.",
        ),
    }
)


def reason(code: str, detail: Words | None = None) -> Problem:
    """The problem of that code; `detail` says which answer and what to do."""
    words = REASONS[code]
    if detail is not None and (detail.zh or detail.en):
        words = Words(f"{words.zh}{detail.zh}", f"{words.en} {detail.en}")
    return Problem(code, words)
