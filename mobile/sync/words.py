"""A sync in plain words."""

from collections.abc import Iterator
from datetime import UTC, datetime

from msgspec import Struct

from mobile.store.entries import Tally
from mobile.store.receipts import Receipt
from mobile.sync.report import SyncReport, SyncState
from shared.wire import Words


def report_words(report: SyncReport) -> Words:
    """A sync that went through, in one or two sentences."""
    zh, en = [_numbers_zh(report)], [_numbers_en(report)]
    if report.conflicts:
        zh.append(f"{report.conflicts} 项与他人填写的不同，等办公室核定。")
        en.append(f"{report.conflicts} differ from another's answer and wait for the office.")
    if report.refused:
        zh.append(f"{report.refused} 项未被接受，请查看原因。")
        en.append(f"{report.refused} were not taken; see why.")
    if report.held:
        zh.append(f"{report.held} 项等相关记录到齐后生效。")
        en.append(f"{report.held} wait for the record they belong to.")
    if report.files_refused:
        zh.append(f"{report.files_refused} 个附件未被接受，请查看原因。")
        en.append(f"{report.files_refused} attachments were not taken; see why.")
    if report.files_left:
        zh.append(f"{report.files_left} 个附件还没有传完，下次接着传。")
        en.append(f"{report.files_left} attachments are not sent yet; they go on next time.")
    if report.carried:
        zh.append(f"已代同事转交 {report.carried} 份文件。")
        en.append(f"{report.carried} of your colleagues' files were brought.")
    if report.not_carried.zh:
        zh.append(f"有一份代带的文件未被接受：{report.not_carried.zh}")
        en.append(f"A file that you carried was not taken: {report.not_carried.en}")
    if report.too_new:
        zh.append(_too_new(report.too_new).zh)
        en.append(_too_new(report.too_new).en)
    if report.clock_off_hours:
        zh.append(f"本机时间差了约 {report.clock_off_hours} 小时，请校准。")
        en.append(f"This device's clock is off by about {report.clock_off_hours} hours.")
    return Words("".join(zh), " ".join(en))


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Standing(Struct, frozen=True, kw_only=True):
    """What the status lines are made of."""

    tally: Tally
    received: Receipt | None
    """What the office received of this device on the last day that it did."""
    asked: int
    """Questions of the office that wait for an answer."""
    why: Words | None
    """Why the last change that was not taken was not."""
    last_sync: int | None
    last: SyncReport | None
    first_done: bool
    days_left: int | None = None
    """Days until it opens only with a network, once they are few."""


def status_lines(standing: Standing, now: int) -> tuple[Words, ...]:
    """Where the account stands, one sentence a line, what counts most first."""
    return (*_of_work(standing, now), *_of_line(standing, now))


def _of_work(standing: Standing, now: int) -> Iterator[Words]:
    """What became of the worker's own work, and what is asked of her."""
    tally, received = standing.tally, standing.received
    if n := tally.unsent:
        yield Words(f"{n} 项已存本机、尚未上报。", f"{n} saved here, not sent yet.")
    if received is not None:
        n, when = received.changes, _when(received.at, now)
        yield Words(f"{n} 项办公室已收到（{when.zh}）。", f"{n} received by the office, {when.en}.")
    if n := standing.asked:
        yield Words(f"{n} 项等您回答。", f"{n} {'needs' if n == 1 else 'need'} your answer.")
    if n := tally.refused:
        zh, en = (standing.why.zh, standing.why.en) if standing.why else ("", "")
        yield Words(
            f"{n} 项未被接受" + (f"：{zh}" if zh else "。"),
            f"{n} not taken" + (f": {en}" if en else "."),
        )
    if n := tally.held:
        yield Words(
            f"{n} 项等相关记录到齐后生效。",
            f"{n} {'waits' if n == 1 else 'wait'} for the record it belongs to.",
        )


def _of_line(standing: Standing, now: int) -> Iterator[Words]:
    """How the line to the office stands."""
    last, at = standing.last, standing.last_sync
    if at is None:
        began = last is not None
        yield Words(
            "首次同步未完成。" if began else "还没有同步过。",
            "The first sync is not complete." if began else "Never synced.",
        )
    else:
        when = _when(at, now)
        yield Words(f"上次同步：{when.zh}。", f"Last sync: {when.en}.")
        if not standing.first_done:
            yield Words("还有网格数据没有取完。", "Part of the area has not come yet.")
    if last is not None and (n := last.files_left):
        yield Words(f"{n} 个附件还没有传完。", f"{n} attachments are not sent yet.")
    if last is not None and last.too_new:
        yield _too_new(last.too_new)
    if (days := standing.days_left) is not None:
        yield Words(
            f"再过 {days} 天不联网，解锁前须先联网一次。",
            f"After {days} more days offline it opens only with a network.",
        )
    if last is not None and last.state is not SyncState.DONE:
        yield last.words


def _too_new(n: int) -> Words:
    return Words(
        f"有 {n} 张表单需要新版应用，请更新应用；现有内容照常保存和上报。",
        f"{n} of the office's forms {'needs' if n == 1 else 'need'} a newer app: update it. "
        "Your work is saved and sent as ever.",
    )


def _numbers_zh(report: SyncReport) -> str:
    if not report.sent and not report.received and not report.files_sent:
        return "已是最新。" if not report.files_left else ""
    parts = [f"上报 {report.sent} 项"] if report.sent else []
    parts += [f"上传附件 {report.files_sent} 个"] if report.files_sent else []
    parts += [f"收到 {report.received} 条"] if report.received else []
    return "同步完成：" + "，".join(parts) + "。"


def _numbers_en(report: SyncReport) -> str:
    if not report.sent and not report.received and not report.files_sent:
        return "Up to date." if not report.files_left else ""
    parts = [f"{report.sent} sent"] if report.sent else []
    parts += [f"{report.files_sent} attachments sent"] if report.files_sent else []
    parts += [f"{report.received} received"] if report.received else []
    return "Synced: " + ", ".join(parts) + "."


def _when(at: int, now: int) -> Words:
    then, today = (datetime.fromtimestamp(ms / 1000, UTC).astimezone() for ms in (at, now))
    clock = f"{then:%H:%M}"
    if then.date() == today.date():
        return Words(f"今天 {clock}", f"today {clock}")
    month = _MONTHS[then.month - 1]
    return Words(f"{then.month}月{then.day}日 {clock}", f"{then.day} {month} {clock}")
