"""`demo`: an invented town to try everything with."""

from typing import Annotated

import typer
from rich.console import Console

from server.commands.opening import read_settings
from server.commands.speech import language
from server.demo.run import demo as run_demo


def demo(
    *,
    town: Annotated[
        bool, typer.Option("--town", help="全镇规模：3 万户 · A whole town: 30,000 households")
    ] = False,
) -> None:
    """启动演示镇、服务器和两台设备 · Start a demo town, its server and two devices."""
    run_demo(read_settings(), Console(), language=language(), full=town)
