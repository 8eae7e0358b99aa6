"""The command line of the server: `doorstep ...`. Errors are one sentence, and exit code 1."""

import sys
from collections.abc import Callable, Sequence

import typer
from typer.exceptions import TyperException

from server.commands.auditing import audit
from server.commands.carrying import import_carry_over
from server.commands.databases import db
from server.commands.demo import demo
from server.commands.drilling import drill
from server.commands.exporting import export
from server.commands.forms import forms
from server.commands.importing import import_table
from server.commands.keeping import backup, restore
from server.commands.opening import said_of
from server.commands.people import add_admin, add_area, add_worker, enrolment_code
from server.commands.records import housekeeping, migrate, rebuild, verify
from server.commands.serving import serve
from server.commands.speech import spoken
from server.commands.tokens import add_token, revoke_token, tokens
from server.commands.usage import usage_words
from server.errors import ServerError
from server.services import VERSION

COMMANDS: tuple[tuple[str, Callable[..., None]], ...] = (
    ("demo", demo),
    ("serve", serve),
    ("add-admin", add_admin),
    ("add-area", add_area),
    ("add-worker", add_worker),
    ("enrolment-code", enrolment_code),
    ("add-token", add_token),
    ("revoke-token", revoke_token),
    ("tokens", tokens),
    ("import", import_table),
    ("import-carry-over", import_carry_over),
    ("export", export),
    ("backup", backup),
    ("restore", restore),
    ("drill", drill),
    ("migrate", migrate),
    ("rebuild", rebuild),
    ("verify", verify),
    ("housekeeping", housekeeping),
)
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
    app = typer.Typer(
        name="doorstep",
        help="Doorstep 服务器 · The server of Doorstep",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    app.callback()(_doorstep)
    for name, command in COMMANDS:
        app.command(name)(command)
    app.add_typer(forms, name="forms")
    app.add_typer(db, name="db")
    app.add_typer(audit, name="audit")

    def run(arguments: list[str]) -> int:
        code = app(arguments, standalone_mode=False, prog_name="doorstep")
        return code if isinstance(code, int) else 0

    return run


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
