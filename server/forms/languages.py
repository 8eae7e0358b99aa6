"""Which language a column of a form means: "English (en)", "en", "English", "中文"."""

import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from babel import Locale

from shared.forms.words import UNTRANSLATED


def language_code(name: str) -> str:
    """The code in "中文 (zh)", or of the language so called; else the whole name."""
    found = _CODE.search(name)
    if found:
        return found[1] or found[2]
    return UNTRANSLATED if name == "default" else _codes().get(name.strip().lower(), name)


_CODE = re.compile(r"\(([A-Za-z]{2,3}(?:-[A-Za-z0-9]+)*)\)\s*$|^([a-z]{2,3}(?:-[A-Za-z0-9]+)*)$")
_OWN_NAMES = (
    "ar", "bn", "de", "es", "fr", "hi", "id", "it", "ja", "kk", "ko", "mn", "ms", "my", "ne", "nl",
    "pt", "ru", "sw", "ta", "th", "tr", "ug", "ur", "vi",
)  # fmt: skip
"""Languages whose own name for themselves is known, too; Chinese and English always are."""


@lru_cache(1)
def _codes() -> Mapping[str, str]:
    codes: dict[str, str] = {
        "汉语": "zh",
        "普通话": "zh",
        "简体中文": "zh",
        "chinese (simplified)": "zh",
    }
    for told_in in ("zh", "en"):
        for code, name in Locale(told_in).languages.items():
            codes.setdefault(name.lower(), code.replace("_", "-"))
    for code in _OWN_NAMES:
        codes.setdefault(Locale(code).languages[code].lower(), code)
    return MappingProxyType(codes)
