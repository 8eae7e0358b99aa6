"""A form with every type of question and every look of it, as a town might write one."""

from io import BytesIO

from PIL import Image, ImageDraw

from server.forms.compiler import compile_form
from shared.forms.model import Form

KIND = "every_type"
STREETS = 5000
SHEET = """
| survey |
| | type | name | label::中文 (zh) | label::English (en) | hint::中文 (zh) | hint::English (en) | required | appearance | parameters | repeat_count | bind::doorstep:declined | bind::doorstep:not_known | media::image | calculation | constraint | constraint_message::中文 (zh) | constraint_message::English (en) |
| | begin group | typed | 填写 | Typed answers | | | | | | | | | | | | | |
| | note | hello | 请逐项填写；不便回答的可以选“不愿透露”。 | Please go through all of them; what people prefer not to say is an answer, too. | | | | | | | | | | | | | |
| | text | story | 经过 | What happened | 一两句话即可 | One or two sentences | yes | multiline | | | yes | yes | | | | | |
| | text | number | 燃气表编号 | Number of the gas meter | 在表的正面，八位数字 | Eight digits on its face | | numbers | | | | | meter.png | | | | |
| | text | secret | 门禁口令 | Word for the door | | | | masked | | | | | | | | | |
| | text | arabic | ما اسم صاحب البيت؟ | ما اسم صاحب البيت؟ | الاسم كما في الوثائق | الاسم كما في الوثائق | | | | | | | | | | | |
| | integer | rooms | 房间数 | Rooms | | | | | | | | | | | . < 20 | 房间太多了 | Too many rooms |
| | decimal | area | 使用面积（平方米），不含公摊、阳台和没有产权的搭建部分 | Usable floor area in square metres, without balconies and whatever was added without a permit | | | | | | | | yes | | | | | |
| | date | since | 入住日期 | Living here since | | | | | | | | | | | | | |
| | time | hour | 方便上门的时间 | A good time to call | | | | | | | | | | | | | |
| | dateTime | when | 发现时间 | Seen at | | | | | | | | | | | | | |
| | calculate | twice | 两倍 | Twice | | | | | | | | | | ${rooms} * 2 | | | |
| | integer | shown | 房间数的两倍 | Twice the rooms | | | | | | | | | | ${rooms} * 2 | | | |
| | end group | | | | | | | | | | | | | | | | |
| | begin group | chosen | 选择 | Chosen answers | | | | field-list | | | | | | | | | |
| | select_one water | water | 水源 | Water | | | | | | | yes | | | | | | |
| | select_one agree | lift | 电梯安全让人放心 | The lift feels safe | | | | likert | | | | | | | | | |
| | select_one roof | roof | 屋顶样式 | Kind of roof | 照着图选 | As in the picture | | | | | | | | | | | |
| | select_multiple roof | seen | 附近还有哪些屋顶 | Other roofs nearby | | | | | | | | | | | | | |
| | select_one agree | short | 一行的下拉选择 | A list that drops down | | | | minimal | | | | | | | | | |
| | select_one_from_file streets.csv | street | 街道 | Street | 输入一部分即可查找 | Type a part of it | | autocomplete | | | | | | | | | |
| | select_multiple risk | risks | 发现的隐患 | Hazards | | | | | | | | | | | | | |
| | rank risk | order | 按紧急程度排序 | The most urgent first | | | | | | | | | | | | | |
| | range | mood | 满意度 | Content | 1 最低，5 最高 | 1 is least, 5 most | | | start=1 end=5 step=1 | | | | | | | | |
| | range | money | 每月燃气费 | Gas, a month | | | | | start=0 end=1000 step=50 | | | | | | | | |
| | acknowledge | sure | 以上内容已与住户核对 | All of this was gone through with the household | | | yes | | | | | | | | | | |
| | end group | | | | | | | | | | | | | | | | |
| | begin group | sensed | 采集 | Taken with the device | | | | | | | | | | | | | |
| | geopoint | spot | 位置 | Place | | | | | | | | | | | | | |
| | geotrace | way | 走过的路线 | The way | | | | | | | | | | | | | |
| | geoshape | plot | 地块范围 | The plot | | | | | | | | | | | | | |
| | image | photo | 照片 | Photo | | | | | | | | | | | | | |
| | image | sketch | 草图 | Sketch | | | | draw | | | | | | | | | |
| | image | sign | 住户签名 | Signature | | | | signature | | | yes | | | | | | |
| | audio | voice | 录音 | Recording | | | | | | | | | | | | | |
| | file | paper | 文件 | Document | | | | | | | | | | | | | |
| | barcode | plate | 门牌二维码 | Code of the door plate | | | | | | | | | | | | | |
| | end group | | | | | | | | | | | | | | | | |
| | begin repeat | member | 成员 | Member | | | | | | | | | | | | | |
| | text | called | 姓名 | Name | | | yes | | | | | | | | | | |
| | integer | age | 年龄 | Age | | | | | | | | | | | | | |
| | begin repeat | job | 工作 | Job | | | | | | | | | | | | | |
| | text | title | 职位 | Title | | | | | | | | | | | | | |
| | end repeat | | | | | | | | | | | | | | | | |
| | end repeat | | | | | | | | | | | | | | | | |
| choices |
| | list_name | name | label::中文 (zh) | label::English (en) | media::image |
| | water | tap | 自来水 | Tap | |
| | water | well | 井水 | Well | |
| | water | river | 河水 | River | |
| | agree | 1 | 非常不同意 | Strongly disagree | |
| | agree | 2 | 不同意 | Disagree | |
| | agree | 3 | 说不清 | Neither agree nor disagree | |
| | agree | 4 | 同意 | Agree | |
| | agree | 5 | 非常同意 | Strongly agree | |
| | roof | flat | 平顶 | Flat | flat.png |
| | roof | tiled | 瓦顶 | Tiled | tiled.png |
| | roof | round | 彩钢圆拱顶 | Arched, of coloured steel | round.png |
| | risk | wires | 私拉电线 | Wires across the yard | |
| | risk | gas | 燃气管老化 | An old gas pipe | |
| | risk | stairs | 楼道堆物 | Things on the stairs | |
| settings |
| | form_title | form_id | version | default_language |
| | 全部题型 | every_type | 1 | 中文 (zh) |
"""  # noqa: E501


def every_type() -> Form:
    """The form, compiled with its table and its pictures."""
    lines = (f"s{n},街道{n:04d}号,{n:04d} Main Street" for n in range(STREETS))
    files = {
        "streets.csv": "\n".join(("name,label::zh,label::en", *lines)).encode(),
        **{f"{name}.png": a_roof(name) for name in ("flat", "tiled", "round")},
        "meter.png": a_roof("meter"),
    }
    return compile_form(SHEET.encode(), ".md", KIND, files).form


def a_roof(kind: str) -> bytes:
    """A drawing that tells the choices apart."""
    drawn = Image.new("RGB", (600, 400), "#e9eef2")
    pen = ImageDraw.Draw(drawn)
    pen.rectangle((150, 220, 450, 380), fill="#c9b79c", outline="#6b5a44", width=6)
    if kind == "flat":
        pen.rectangle((130, 190, 470, 225), fill="#7d8a92")
    elif kind == "tiled":
        pen.polygon(((110, 225), (300, 90), (490, 225)), fill="#a5452e")
    elif kind == "round":
        pen.pieslice((130, 110, 470, 340), 180, 360, fill="#3d7fb5")
    else:
        pen.ellipse((210, 240, 390, 360), fill="white", outline="#30404a", width=6)
    written = BytesIO()
    drawn.save(written, "PNG")
    return written.getvalue()
