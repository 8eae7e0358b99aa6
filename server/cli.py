"""The command line of the server: `doorstep ...`. Errors are one sentence, and exit code 1."""

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import import_module
from types import MappingProxyType
from typing import TypeAlias

import typer
from typer.exceptions import TyperException

from server.commands.machine import said_of
from server.commands.speech import spoken
from server.commands.usage import usage_words
from server.errors import ServerError
from server.version import VERSION

Command: TypeAlias = Callable[..., None]

COMMANDS: Mapping[str, str] = MappingProxyType(
    {
        "demo": "server.commands.demo:demo",
        "serve": "server.commands.serving:serve",
        "add-admin": "server.commands.people:add_admin",
        "second-factor": "server.commands.second_factor:second_factor",
        "add-area": "server.commands.people:add_area",
        "add-worker": "server.commands.people:add_worker",
        "enrolment-code": "server.commands.people:enrolment_code",
        "add-token": "server.commands.tokens:add_token",
        "revoke-token": "server.commands.tokens:revoke_token",
        "tokens": "server.commands.tokens:tokens",
        "import": "server.commands.importing:import_table",
        "import-carry-over": "server.commands.carrying:import_carry_over",
        "export": "server.commands.exporting:export",
        "backup": "server.commands.keeping:backup",
        "restore": "server.commands.keeping:restore",
        "drill": "server.commands.drilling:drill",
        "migrate": "server.commands.records:migrate",
        "rebuild": "server.commands.records:rebuild",
        "verify": "server.commands.records:verify",
        "housekeeping": "server.commands.records:housekeeping",
        "retention": "server.commands.retaining:retention",
        "processing-record": "server.commands.processing:processing_record",
        "forms check": "server.commands.forms:check",
        "forms try": "server.commands.forms:try_out",
        "forms preview": "server.commands.forms:preview",
        "forms print": "server.commands.form_printing:print_out",
        "forms publish": "server.commands.form_publishing:publish",
        "db distribution": "server.commands.databases:distribution",
        "audit head": "server.commands.auditing:head",
        "audit verify": "server.commands.auditing:verify",
        "audit show": "server.commands.auditing:show",
    }
)
"""Where each command stands. Only what is asked for is loaded: to load the whole server takes
seconds on a small machine (docs/decisions/0132-commands-by-name.md)."""
GROUPS: Mapping[str, str] = MappingProxyType(
    {"forms": "表单 · Forms", "db": "数据库 · The database", "audit": "审计记录 · The audit trail"}
)
"""What the first words of commands of two words mean."""
INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs one command and exits."""
    try:
        code = commands()(list(sys.argv[1:] if arguments is None else arguments))
    except TyperException as error:
        code = _failed(spoken(usage_words(error)))
    except ServerError as error:
        code = _failed(spoken(error.words))
    except OSError as error:
        code = _failed(spoken(said_of(error).words))
    except (KeyboardInterrupt, typer.Abort):
        code = INTERRUPTED
    sys.exit(code)


def commands() -> Callable[[list[str]], int]:
    """The commands, to be called with their arguments; answers the exit code."""

    def run(arguments: list[str]) -> int:
        app = typer.Typer(
            name="doorstep",
            help="Doorstep 服务器 · The server of Doorstep",
            no_args_is_help=True,
            add_completion=False,
            pretty_exceptions_enable=False,
            rich_markup_mode=None,
        )
        app.callback()(_doorstep)
        groups: dict[str, typer.Typer] = {}
        for words in map(str.split, _asked(arguments)):
            [*group, name] = words
            above = _group(app, groups, group[0]) if group else app
            above.command(name)(_loaded(COMMANDS[" ".join(words)]))
        code = app(arguments, standalone_mode=False, prog_name="doorstep")
        return code if isinstance(code, int) else 0

    return run


def _asked(arguments: Sequence[str]) -> Iterable[str]:
    """The commands that may be meant: one; all for help or a mistake; none for the version."""
    if list(arguments) == ["--version"]:
        return ()
    said = [word for word in arguments if not word.startswith("-")][:2]
    whole = " ".join(said)
    named = whole if whole in COMMANDS else "".join(said[:1])
    if named in COMMANDS:
        return (named,)
    within = [name for name in COMMANDS if name.partition(" ")[0] == named]
    return within or COMMANDS


def _group(app: typer.Typer, groups: dict[str, typer.Typer], name: str) -> typer.Typer:
    if name not in groups:
        about = GROUPS[name]
        groups[name] = typer.Typer(help=about, no_args_is_help=True, rich_markup_mode=None)
        app.add_typer(groups[name], name=name)
    return groups[name]


def _loaded(where: str) -> Command:
    module, _, name = where.partition(":")
    command: Command = getattr(import_module(module), name)
    return command


def _failed(sentence: str) -> int:
    typer.echo(sentence, err=True)
    return 1


def _version(*, wanted: bool) -> None:
    if wanted:
        typer.echo(VERSION)
        raise typer.Exit


def _doorstep(
    *,
    _: bool = typer.Option(
        False,
        "--version",
        callback=lambda wanted: _version(wanted=wanted),
        is_eager=True,
        help="版本 · Version",
    ),
) -> None:
    """Doorstep 服务器 · The server of Doorstep."""


if __name__ == "__main__":
    main()
