"""Chinese surnames that a program gets wrong: those of two characters, and those read unusually."""

COMPOUND_SURNAMES = frozenset({
    "欧阳", "上官", "司马", "诸葛", "东方", "尉迟", "皇甫", "司徒", "令狐",
    "慕容", "夏侯", "公孙", "长孙", "宇文", "端木", "轩辕", "南宫", "万俟",
    "呼延", "澹台", "申屠", "太史", "闻人", "百里", "独孤", "西门", "赫连",
    "公冶", "濮阳", "淳于", "单于", "仲孙", "钟离", "闾丘", "亓官", "司空",
    "司寇", "鲜于", "东郭", "南门", "拓跋", "完颜", "纳兰", "第五", "公羊",
    "公良", "漆雕", "乐正", "宰父", "谷梁", "壤驷", "夹谷", "梁丘", "左丘",
    "东门",
})  # fmt: skip

SURNAME_READINGS = {
    "单": "shan", "曾": "zeng", "仇": "qiu", "解": "xie", "查": "zha", "区": "ou",
    "朴": "piao", "盖": "ge", "翟": "zhai", "缪": "miao", "覃": "qin", "隗": "wei",
    "种": "chong", "折": "she", "牟": "mu", "卜": "bu", "黑": "he", "员": "yun",
    "召": "shao", "祭": "zhai", "么": "yao", "繁": "po", "秘": "bi", "乐": "yue",
    "洗": "xian", "句": "gou", "郇": "xun", "都": "du", "藏": "zang", "佴": "nai",
    "阚": "kan",
}  # fmt: skip
"""Where the reading as a surname is not the character's commonest one."""

COMPOUND_READINGS = {
    "尉迟": ("yu", "chi"),
    "万俟": ("mo", "qi"),
    "长孙": ("zhang", "sun"),
    "单于": ("chan", "yu"),
    "乐正": ("yue", "zheng"),
    "澹台": ("tan", "tai"),
}


def split_name(name: str) -> tuple[str, str]:
    """A Chinese name as surname and given name. A name of one character is all surname."""
    size = 2 if name[:2] in COMPOUND_SURNAMES and len(name) > 2 else 1
    return name[:size], name[size:]
