"""Invented people's names: surnames as common as in the country, given names of their time."""

from random import Random

from server.town.chance import Weighted, happens
from shared.codes import Sex

_COMMON = {
    7.0: "王李张", 5.0: "刘", 4.6: "陈", 3.1: "杨", 2.3: "黄赵吴周", 1.7: "徐孙马", 1.4: "朱胡郭何",
    1.1: "高林罗郑梁", 0.8: "谢宋唐许", 0.7: "邓韩冯", 0.6: "曹彭曾肖", 0.5: "田董袁潘于蒋蔡余杜",
    0.4: "叶程苏魏吕丁任沈姚卢姜", 0.3: "崔钟谭陆汪范金石廖贾夏", 0.2: "韦付方白邹孟龚顾钱严施尹",
}  # fmt: skip
"""Surnames by how many of a hundred people bear each."""
_SELDOM = "单 仇 解 查 区 朴 盖 翟 缪 覃 牟 卜 葛 华 欧阳 上官 诸葛 司徒 尉迟"
_SELDOM_WEIGHT = 0.06

_SHARE_OF_ONE = {1950: 0.25, 1970: 0.3, 1985: 0.45, 2000: 0.3, 2010: 0.12, 2100: 0.06}
"""How many have a given name of one character, by the year before which they were born."""

_FIRST = {
    (1950, Sex.MALE): "德永文福长金玉宝树广世兴",
    (1950, Sex.FEMALE): "秀桂玉淑凤兰素月金春翠惠",
    (1970, Sex.MALE): "建国志卫文永红爱新光学少",
    (1970, Sex.FEMALE): "秀丽桂玉建红春爱凤美月惠",
    (1985, Sex.MALE): "志建海晓文小永俊国立春大",
    (1985, Sex.FEMALE): "丽晓海小红春艳雪美玉彩燕",
    (2000, Sex.MALE): "俊志晓文海建子天嘉明振宇",
    (2000, Sex.FEMALE): "晓雪思佳静婷文梦丽雅海嘉",
    (2010, Sex.MALE): "子俊浩嘉文博天宇思明泽志",
    (2010, Sex.FEMALE): "雨思佳欣梦子嘉雅诗静文晓",
    (2100, Sex.MALE): "子浩宇梓俊沐一奕泽睿亦景",
    (2100, Sex.FEMALE): "梓雨欣诗一若语沐子思可芷",
}
_SECOND = {
    (1950, Sex.MALE): "山林福生贵财根发田荣海清",
    (1950, Sex.FEMALE): "英兰珍芳华云梅花莲香琴娥",
    (1970, Sex.MALE): "国军强民华平明东生林忠义",
    (1970, Sex.FEMALE): "英兰芳华珍萍霞琴荣云红梅",
    (1985, Sex.MALE): "军伟强勇波涛峰杰刚辉斌明",
    (1985, Sex.FEMALE): "芳娟敏燕霞娜艳红萍玲丽琴",
    (2000, Sex.MALE): "杰鹏飞浩超宇凯龙辉斌磊阳",
    (2000, Sex.FEMALE): "婷静倩雪莹丽娜敏琳慧颖洁",
    (2010, Sex.MALE): "轩豪杰涵宇博阳鑫然晨浩航",
    (2010, Sex.FEMALE): "涵怡琪悦婷萱莹瑶琳雯欣妍",
    (2100, Sex.MALE): "轩宸泽涵宇睿辰阳然航霖言",
    (2100, Sex.FEMALE): "涵汐萱怡诺桐瑶妍玥菲彤晴",
}
_RARE = "堃喆燊玥頔昇垚犇淼㛃𬱖䶮"
"""Characters that fonts and input methods miss, and that people really bear."""
_RARE_SHARE = 0.004


def _surnames() -> Weighted[str]:
    common = {name: weight for weight, names in _COMMON.items() for name in names}
    return Weighted(common | dict.fromkeys(_SELDOM.split(), _SELDOM_WEIGHT))


_SURNAMES = _surnames()


def surname(random: Random) -> str:
    """A surname, as often as it is borne."""
    return _SURNAMES.pick(random)


def person_name(random: Random, born: tuple[int, int]) -> str:
    """The name of a woman or a man who was born between these years."""
    sex = Sex.FEMALE if happens(random, 0.5) else Sex.MALE
    return surname(random) + given_name(random, sex, random.randint(*born))


def given_name(random: Random, sex: Sex, born: int) -> str:
    """A given name as parents chose it in the year `born`."""
    cohort = next(before for before in _SHARE_OF_ONE if born < before)
    if happens(random, _RARE_SHARE):
        return random.choice(_RARE)
    second = random.choice(_SECOND[cohort, sex])
    if happens(random, _SHARE_OF_ONE[cohort]):
        return second
    first = random.choice(_FIRST[cohort, sex])
    return first + second
