"""A form with every type of question, opened on the phone, and what a finger does in it."""

import io
from collections.abc import Mapping

import flet as ft
from PIL import Image

from mobile.store import contact
from mobile.views.state.house import House
from server.forms.compiler import compile_form
from shared.forms.model import encode_form
from tests.mobile.headless import Screen
from tests.mobile.kit import shown
from tests.mobile.views.neighbourhood import household_id
from tests.mobile.views.worker import open_app, store_of

KIND = "survey"
SURVEY = """
| survey |
| | type | name | label | hint | required | constraint | constraint_message | appearance | parameters | relevant | repeat_count | bind::doorstep:declined |
| | start | began | | | | | | | | | | |
| | end | ended | | | | | | | | | | |
| | username | who | | | | | | | | | | |
| | note | hello | 欢迎 | 请逐项填写 | | | | | | | | |
| | text | story | 经过 | 一两句话 | yes | | | multiline | | | | yes |
| | integer | rooms | 几间 | | | . < 20 | 太多了 | | | | | |
| | decimal | area | 面积 | | | | | | | | | |
| | time | hour | 几点 | | | | | | | | | |
| | dateTime | when | 何时 | | | | | | | | | |
| | range | mood | 满意度 | | | | | | start=1 end=5 step=1 | | | |
| | range | money | 花费 | | | | | | start=0 end=1000 step=50 | | | |
| | select_one water | water | 水源 | | | | | | | | | |
| | select_one water | taste | 水质 | | | | | likert | | | | |
| | select_one water | pick | 另选 | | | | | autocomplete | | | | |
| | select_multiple water | more | 还有 | | | | | | | | | |
| | rank water | best | 排序 | | | | | | | | | |
| | geopoint | spot | 位置 | | | | | | | | | |
| | geoshape | field | 范围 | | | | | | | | | |
| | image | photo | 照片 | | | | | | max-pixels=200 | | | |
| | file | paper | 文件 | | | | | | | | | |
| | image | sign | 签名 | | | | | signature | | | | |
| | barcode | plate | 门牌码 | | | | | | | | | |
| | acknowledge | sure | 已核对 | | yes | | | | | | | |
| | text | pin | 暗号 | | | | | masked | | | | |
| | begin group | inner | 内组 | | | | | | | ${rooms} > 1 | | |
| | begin group | deep | 深组 | | | | | | | | | |
| | text | deeper | 组内组 | | | | | | | | | |
| | end group | | | | | | | | | | | |
| | end group | | | | | | | | | | | |
| | begin repeat | member | 成员 | | | | | | | | | |
| | text | name | 姓名 | | yes | | | | | | | |
| | begin repeat | job | 工作 | | | | | | | | | |
| | text | title | 职位 | | | | | | | | | |
| | end repeat | | | | | | | | | | | |
| | end repeat | | | | | | | | | | | |
| | begin repeat | room | 房间 | | | | | | | | ${rooms} | |
| | text | use | 用途 | | | | | | | | | |
| | end repeat | | | | | | | | | | | |
| choices |
| | list_name | name | label |
| | water | tap | 自来水 |
| | water | well | 井水 |
| | water | river | 河水 |
| settings |
| | form_id | version |
| | survey | 1 |
"""  # noqa: E501


async def survey(house: House) -> Screen:
    """A new survey, opened."""
    screen = await open_app(house)
    form = compile_form(SURVEY.encode(), ".md", KIND).form
    store = store_of(screen)
    contact.take_form(store.shelf, KIND, form.version, encode_form(form))
    store.refill()
    draft = screen.tab.remember(store.begin(KIND))
    await screen.go(f"/households/{household_id(0)}/form/{draft.id}")
    await screen.shows("q-story")
    return screen


def typed(screen: Screen) -> Mapping[str, object]:
    """What the draft holds."""
    (draft,) = store_of(screen).drafts()
    return draft.answers


async def saved(screen: Screen) -> Mapping[str, object]:
    """What the record holds once it is saved."""
    await screen.type("q-story", "去看了一下")
    check = next(one for one in screen.controls() if isinstance(one, ft.Checkbox))
    screen.session.apply_patch(check._i, {"value": True})
    await screen.fire(check, "change", True)
    (draft,) = store_of(screen).drafts()
    await screen.tap("save")
    await screen.sees("已保存在本机")
    return shown(store_of(screen), draft.record)


def a_photo(edge: int = 400) -> bytes:
    """A red square."""
    content = io.BytesIO()
    Image.new("RGB", (edge, edge), (200, 30, 30)).save(content, "JPEG")
    return content.getvalue()


def picks(screen: Screen, name: str, content: bytes) -> None:
    """What the file picker will answer."""
    file = {"id": 0, "name": name, "size": len(content), "bytes": content}
    screen.client.answers["pick_files"] = lambda _name, _args: [file]


def drag(x: float, y: float) -> dict[str, object]:
    """Where a finger is, as Flet tells it."""
    at = {"x": float(x), "y": float(y)}
    return {
        "l": at,
        "g": at,
        "ld": at,
        "gd": at,
        "pd": 0.0,
        "ts": 0,
        "k": "touch",
        "v": at,
        "pv": 0.0,
    }
