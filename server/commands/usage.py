"""What is wrong with how a command was written, in both languages."""

import re

from typer.exceptions import TyperException

from shared.wire import Words

_UNKNOWN_COMMAND = re.compile(r"No such command '(.+?)'")
_HELP = Words("用法见：doorstep --help", "See: doorstep --help")


def usage_words(error: TyperException) -> Words:
    """One sentence for the person at the terminal."""
    name = _name(error)
    kind = type(error).__name__
    if kind == "MissingParameter":
        said = Words(f"缺少 {name}。", f"{name} is missing.")
    elif kind == "NoSuchOption":
        said = Words(f"没有 {name} 这个选项。", f"There is no option {name}.")
    elif kind == "BadParameter":
        said = Words(f"{name} 的值不正确。", f"The value of {name} is not right.")
    elif unknown := _UNKNOWN_COMMAND.search(error.format_message()):
        name = unknown.group(1)
        said = Words(f"没有 {name} 这个命令。", f"There is no command {name}.")
    else:
        said = Words("命令写法不正确。", error.format_message())
    return Words(f"{said.zh}{_HELP.zh}", f"{said.en} {_HELP.en}")


def _name(error: TyperException) -> str:
    option = getattr(error, "option_name", None)
    if option:
        return str(option)
    parameter = getattr(error, "param", None)
    if parameter is None:
        return str(getattr(error, "param_hint", None) or "?")
    written = [name for name in parameter.opts if name.startswith("-")]
    return written[0] if written else str(parameter.name).upper()
