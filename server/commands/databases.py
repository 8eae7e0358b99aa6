"""`db ...`: what an operator asks of the database itself."""

import typer

from server.commands.speech import AsJson, answer_json
from server.db.distribution import distribution as calls_of
from server.db.tables import METADATA


def distribution(*, as_json: AsJson = False) -> None:
    """输出在 Citus 上按镇分布的语句 · Print how to spread the tables by town on Citus."""
    calls = calls_of(METADATA)
    if as_json:
        answer_json({"calls": calls})
        return
    for call in calls:
        typer.echo(call)
