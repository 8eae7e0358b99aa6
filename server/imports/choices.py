"""Codes from the words that people write in tables: 自住 is `own`, 出租 is `rented`."""

from collections.abc import Mapping
from types import MappingProxyType

from server.imports.cells import half_width
from shared.codes import code_table
from shared.wire import Words

TABLES: Mapping[str, str] = MappingProxyType(
    {
        "household.tenure": "tenure",
        "household.household_kind": "household_kind",
        "dwelling.use": "dwelling_use",
        "dwelling.status": "dwelling_status",
        "resident.sex": "sex",
    }
)
"""The code table of each field that has one."""

_ALSO: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "tenure": {
            "own": "自住 自有住房 自购 自购房 产权房 商品房 私房 自建房 自建 owned owner",
            "rented": "租赁 出租 出租房 租房 承租 租 租用 租赁房 rent renting",
            "borrowed": "借用 暂借 亲友借住 寄住",
            "employer": "单位房 宿舍 职工宿舍 单位住房 集体宿舍",
            "public_rental": "廉租房 公租 廉租 公共租赁住房 保障房 公房",
            "other": "其它",
        },
        "household_kind": {
            "registered_here": "常住户 常住 户籍户 本地户籍 常住户籍 人户合一",
            "lives_here": "人在户不在本地 在住非户籍",
            "registered_elsewhere": "人户分离 空挂户 空挂 户在人不在本地",
            "floating": "流动户 流动 外来户 外来人口 租户 暂住户 暂住",
            "collective": "集体 集体户口",
        },
        "dwelling_use": {
            "residential": "居住 住房 自住 民用",
            "business": "商业 商铺 门面 店铺 经营性 办公",
            "mixed": "商住 商住两用 住改商",
            "other": "其它",
        },
        "dwelling_status": {
            "occupied": "在住 自住 入住 有人 已入住 常住 出租",
            "vacant": "空房 空置房 无人 未入住 闲置",
            "unknown": "不明 未知 待核实",
        },
        "sex": {"1": "m 男性", "2": "f 女性", "0": "未知", "9": "未说明"},
    }
)


def code_of(field: str, text: str) -> str | None:
    """The code that the text of a cell names, or None."""
    name = TABLES[field]
    plain = "".join(half_width(text).casefold().split())
    for code, others in _ALSO.get(name, {}).items():
        if plain in others.split():
            return code
    return code_table(name).code_of(text)


def offered(field: str) -> Words:
    """The choices of a field, as a list in each language."""
    codes = code_table(TABLES[field]).offered
    return Words("、".join(code.zh for code in codes), ", ".join(code.en for code in codes))
