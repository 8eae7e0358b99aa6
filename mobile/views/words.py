"""The app's own texts, by language and key. A form brings its words along with it."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

LANGUAGES = ("zh", "en")
"""Those that the app speaks; the first is meant where a device's language is none of them."""
NAMES = {"zh": "简体中文", "en": "English"}
"""Each language in itself."""

_ONE = "_one"


class Texts:
    """The texts of one language."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._texts = load(language)

    def __call__(self, key: str, /, **values: object) -> str:
        """The text of that key with the values filled in.

        A text that counts (`n=`) may have another form for one, under `<key>_one`.
        """
        if values.get("n") == 1:
            key = key + _ONE if key + _ONE in self._texts else key
        return self._texts[key].format_map(values)

    def has(self, key: str) -> bool:
        """Whether there is such a text."""
        return key in self._texts


@cache
def load(language: str) -> Mapping[str, str]:
    """All texts of a language by dotted key, from all its files."""
    texts: dict[str, str] = {}
    for source in files("mobile").joinpath("locales").iterdir():
        if source.name.startswith(language) and source.name.endswith(".toml"):
            texts |= _flat(tomllib.loads(source.read_text(encoding="utf-8")), "")
    return texts


def nearest(language: str) -> str:
    """The language of the app that is nearest to a device's, such as "zh-Hans-CN"."""
    base = language.replace("_", "-").partition("-")[0].lower()
    return base if base in LANGUAGES else LANGUAGES[0]


def _flat(table: Mapping[str, object], prefix: str) -> list[tuple[str, str]]:
    flat: list[tuple[str, str]] = []
    for name, value in table.items():
        if isinstance(value, Mapping):
            flat += _flat(value, f"{prefix}{name}.")
        else:
            flat.append((prefix + name, str(value)))
    return flat
