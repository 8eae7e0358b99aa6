"""Whoever designs a form sees it as the worker will, on a device that is gone afterwards."""

from pathlib import Path

from mobile.preview import preview, preview_route
from mobile.settings import Settings
from server.forms.compiler import compile_form
from tests.mobile.headless import Screen, story

SHEET = """
| survey |
| | type | name | label | relevant | constraint | constraint_message |
| | integer | age | 年龄 | | . < 120 | 太大 |
| | text | school | 学校 | ${age} < 18 | | |
| settings |
| | form_title | form_id |
| | 学龄调查 | pupils |
"""


def left_in(folder: Path) -> list[Path]:
    return list(folder.iterdir())


@story
async def test_a_form_is_tried_on_the_worker_s_own_screens_and_nothing_stays(
    tmp_path: Path,
) -> None:
    form = compile_form(SHEET.encode(), ".md").form

    with preview(form, Settings(home=tmp_path)) as house:
        account = house.device.account
        assert account is not None
        screen = await Screen.open(house, route=preview_route(form))
        screen.tab.entered(account.id)
        await screen.sees("学龄调查")
        await screen.type("q-age", "200")
        await screen.sees("太大")
        await screen.type("q-age", "9")
        await screen.shows("q-school")
        await screen.tap("save")
        await screen.until(lambda: screen.identifiers("own-record-") != [])

    assert house.device.account is None
    assert left_in(tmp_path) == []
