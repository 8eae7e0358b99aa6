"""A text in several languages, and the sentences that every form may need."""

from typing import TypeAlias

Words: TypeAlias = dict[str, str]
"""One text by language code ("zh", "en"); `UNTRANSLATED` where a form names no language."""

UNTRANSLATED = "default"
NO_WORDS: Words = {}


def in_language(text: Words, language: str, *fallbacks: str) -> str:
    """`text` in `language`, else in a fallback, else in any language; "" when there is none."""
    for wanted in (language, language.split("-", maxsplit=1)[0], *fallbacks, UNTRANSLATED):
        if text.get(wanted):
            return text[wanted]
    return next((words for words in text.values() if words), "")


def sentence(key: str, **names: object) -> Words:
    """The sentence of that key in every language, with its names filled in."""
    return {language: text.format(**names) for language, text in SENTENCES[key].items()}


SENTENCES: dict[str, Words] = {
    "required": {"zh": "请填写这一项。", "en": "Please answer this."},
    "constraint": {
        "zh": "这个答案不符合要求，请核对。",
        "en": "This answer is not accepted; please check it.",
    },
    "not_text": {"zh": "请填写文字。", "en": "Enter a text."},
    "too_long": {"zh": "太长了，最多 {most} 个字。", "en": "Too long: at most {most} characters."},
    "not_integer": {"zh": "请填写整数。", "en": "Enter a whole number."},
    "not_decimal": {"zh": "请填写数字。", "en": "Enter a number."},
    "too_small": {"zh": "不能小于 {least}。", "en": "Not less than {least}."},
    "too_large": {"zh": "不能大于 {most}。", "en": "Not more than {most}."},
    "not_date": {
        "zh": "请填写真实的日期，例如 2024-05-01。",
        "en": "Enter a real date, such as 2024-05-01.",
    },
    "not_time": {"zh": "请填写时间，例如 14:30。", "en": "Enter a time, such as 14:30."},
    "not_date_time": {
        "zh": "请选择日期和时间。",
        "en": "Choose a date and a time.",
    },
    "not_choice": {
        "zh": "“{code}”不在选项里，请重新选择。",
        "en": '"{code}" is not one of the choices; please choose again.',
    },
    "not_reference": {"zh": "请选择对应的档案。", "en": "Choose the record that is meant."},
    "not_place": {
        "zh": "位置不完整，请重新定位。",
        "en": "The location is not complete; take it again.",
    },
    "not_answer": {"zh": "这一项不需要填写。", "en": "This takes no answer."},
    "not_file": {
        "zh": "附件没有保存好，请重新添加。",
        "en": "The attachment was not kept; add it again.",
    },
    "not_object": {
        "zh": "这几项要一起填写，请重新填写。",
        "en": "These answers belong together; fill them in again.",
    },
    "not_list": {
        "zh": "这几组答案不完整，请重新填写。",
        "en": "These groups of answers are not complete; fill them in again.",
    },
    "no_decline": {"zh": "这一项不能填“拒绝提供”。", "en": 'This cannot be answered "declined".'},
    "no_not_known": {"zh": "这一项不能填“不清楚”。", "en": 'This cannot be answered "not known".'},
}
"""By key: what is wrong, and what to do about it."""
