"""`db ...`: what an operator asks of the database itself."""

import typer

from server.commands.speech import AsJson, answer_json
from server.db.distribution import distribution as calls_of
from server.db.tables import METADATA

db = typer.Typer(help="数据库 · The database", no_args_is_help=True, rich_markup_mode=None)


@db.callback()
def _db() -> None:
    """数据库 · The database."""


@db.command("distribution")
def distribution(*, as_json: AsJson = False) -> None:
    """输出在 Citus 上按镇分布的语句 · Print how to spread the tables by town on Citus."""
    calls = calls_of(METADATA)
    if as_json:
        answer_json({"calls": calls})
        return
    for call in calls:
        typer.echo(call)
