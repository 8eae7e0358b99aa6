"""`import-carry-over`: work of a phone that could not sync, brought as a file."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from server.commands.opening import chosen_town, opened
from server.commands.speech import AsJson, OfTown, answer_json, say

OPERATOR = "operator"


def import_carry_over(
    file: Annotated[Path, typer.Argument(help="手机导出的上报文件 · File that a phone exported")],
    *,
    town: OfTown = "",
    as_json: AsJson = False,
) -> None:
    """收录手机导出的上报文件 · Take the work that a phone exported as a file."""
    content = file.read_bytes()
    with opened() as services:
        town_id = chosen_town(services, town).town_id
        done = services.register.carried(town_id, content, OPERATOR)
    if as_json:
        answer_json(msgspec.to_builtins(done))
        return
    say(
        f"{done.worker_name}的手机：收录 {done.taken} 项，{done.known} 项早已收到，"
        f"{done.refused} 项未被接受（已保留原因）。",
        f"The phone of {done.worker_name}: {done.taken} changes taken, {done.known} were here "
        f"already, {done.refused} not accepted (kept with the reason).",
    )
