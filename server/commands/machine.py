"""What the machine itself would not do, in words for the operator."""

import errno

from server.office.errors import OfficeRefused, refused


def said_of(error: OSError) -> OfficeRefused:
    """What an error of the machine means for the operator."""
    path = error.filename or ""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return refused(
            "disk_full",
            "磁盘已满，未完成。请清理磁盘空间后重试。",
            "The disk is full, so it was not done. Free some space and try again.",
        )
    if isinstance(error, PermissionError):
        return refused("permission", f"没有权限访问 {path}。", f"No permission to use {path}.")
    if isinstance(error, FileNotFoundError):
        return refused("no_file", f"找不到文件 {path}。", f"There is no file {path}.")
    return refused(
        "machine",
        f"无法使用 {path}（{error.strerror}）。",
        f"{path} cannot be used ({error.strerror}).",
    )
