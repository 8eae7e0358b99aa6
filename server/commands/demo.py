"""`demo`: an invented town to try everything with."""

from typing import Annotated

import typer
from rich.console import Console

from server.commands.opening import read_settings
from server.commands.speech import language
from server.demo.run import Wanted
from server.demo.run import demo as run_demo

HOUSEHOLDS_MIN = 40


def demo(
    *,
    town: Annotated[
        bool, typer.Option("--town", help="全镇规模：3 万户 · A whole town: 30,000 households")
    ] = False,
    week: Annotated[
        bool,
        typer.Option(
            "--week",
            help="全镇和上一周的全部工作（模拟手机和办公室）· A whole town with all of last week's "
            "work, through simulated phones and desks",
        ),
    ] = False,
    households: Annotated[
        int | None,
        typer.Option(
            "--households",
            min=HOUSEHOLDS_MIN,
            help="户数；网格和人员按比例 · How many households; grids and workers in proportion",
            show_default=False,
        ),
    ] = None,
) -> None:
    """启动演示镇、服务器和两台设备 · Start a demo town, its server and two devices."""
    wanted = Wanted(full=town, week=week, households=households or 0)
    run_demo(read_settings(), Console(), language=language(), wanted=wanted)
