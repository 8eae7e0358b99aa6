"""A sync in plain words."""

from datetime import UTC, datetime

from mobile.store.entries import Tally
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
    if report.clock_off_hours:
        zh.append(f"本机时间差了约 {report.clock_off_hours} 小时，请校准。")
        en.append(f"This device's clock is off by about {report.clock_off_hours} hours.")
    return Words("".join(zh), " ".join(en))


def status_words(
    tally: Tally,
    last_sync: int | None,
    last: SyncReport | None,
    *,
    first_done: bool,
    now: int,
    days_left: int | None = None,
) -> Words:
    """Where the account stands, for the status line."""
    zh, en = [], []
    if tally.unsent:
        zh.append(f"{tally.unsent} 项已存本机、尚未上报。")
        en.append(f"{tally.unsent} saved here, not sent yet.")
    if last_sync is None:
        zh.append("还没有同步过。" if last is None else "首次同步未完成。")
        en.append("Never synced." if last is None else "The first sync is not complete.")
    else:
        when = _when(last_sync, now)
        zh.append(f"上次同步：{when.zh}。")
        en.append(f"Last sync: {when.en}.")
        if not first_done:
            zh.append("还有网格数据没有取完。")
            en.append("Part of the area has not come yet.")
    if tally.refused:
        zh.append(f"{tally.refused} 项未被接受。")
        en.append(f"{tally.refused} were not taken.")
    if last is not None and last.files_left:
        zh.append(f"{last.files_left} 个附件还没有传完。")
        en.append(f"{last.files_left} attachments are not sent yet.")
    if days_left is not None:
        zh.append(f"再过 {days_left} 天不联网，解锁前须先联网一次。")
        en.append(f"After {days_left} more days offline it opens only with a network.")
    if last is not None and last.state is not SyncState.DONE:
        zh.append(last.words.zh)
        en.append(last.words.en)
    return Words("".join(zh), " ".join(en))


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
    return Words(f"{then.month}月{then.day}日 {clock}", f"{then:%Y-%m-%d} {clock}")
