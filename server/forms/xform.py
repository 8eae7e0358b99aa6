"""The parts of a compiled XForm that the XForms specification names: binds, itext, controls ..."""

import re
from xml.etree.ElementTree import Element, fromstring

from msgspec import Struct

from server.forms.languages import language_code
from server.forms.xlsform import NAMESPACE, PREFIX
from shared.forms.model import Choice
from shared.forms.words import UNTRANSLATED, Words

META = "meta"
"""The group of the instance that says who and what, not what was answered."""

Attributes = dict[str, str]
"""By name; those of a namespace as `jr:preload`, `doorstep:merge`."""


class Control(Struct, frozen=True):
    """A question's entry in the body."""

    tag: str
    label: Words
    hint: Words
    guidance: Words
    picture: Words
    """Where its picture lies, by language."""
    attributes: Attributes
    items: str
    """The itemset's nodeset."""
    item_value: str
    item_label: str
    """What of an item is its code, and what its label."""


class Triggered(Struct, frozen=True):
    """A question whose value is set when others change."""

    sources: tuple[str, ...]
    value: str


class XForm(Struct, frozen=True):
    """One compiled form, taken apart."""

    title: str
    instance: Element
    """The root of the primary instance: the form's structure and constant defaults."""
    attributes: Attributes
    """Of that root: id, version, and what settings' `attribute::` columns say."""
    languages: tuple[str, ...]
    """Language codes, the default language first."""
    binds: dict[str, Attributes]
    controls: dict[str, Control]
    repeats: dict[str, str]
    """The count expression of each repeat, "" where the worker decides."""
    first_values: dict[str, str]
    """Dynamic defaults, by path."""
    triggered: dict[str, Triggered]
    """By path: what sets the value when another answer changes."""
    choices: dict[str, tuple[Choice, ...]]
    external: dict[str, str]
    """Sources of tables that are not in the form, by name."""
    itext: dict[str, Words]


def take_apart(document: str) -> XForm:
    """The parts of the XForm that pyxform wrote."""
    root = fromstring(document)  # noqa: S314 - written by pyxform a moment ago, not by a stranger
    model, body = _only(root, f".//{_XF}model"), _only(root, f"{_H}body")
    itext, languages = _itext(model)
    instance = _only(model, f"{_XF}instance")[0]
    tables = model.findall(f"{_XF}instance")[1:]
    values = list(root.iter(f"{_XF}setvalue"))
    return XForm(
        title=(root.findtext(f".//{_H}title") or "").strip(),
        instance=instance,
        attributes=_attributes(instance),
        languages=languages,
        binds={bind["nodeset"]: bind for bind in map(_attributes, model.findall(f"{_XF}bind"))},
        controls=_controls(body, itext),
        repeats=_repeats(body, model),
        first_values={
            value.get("ref", ""): value.get("value", "")
            for value in values
            if value.get("event", "").startswith("odk-instance-first-load")
        },
        triggered=_triggered(body),
        choices={
            table.get("id", ""): _choices(table, itext) for table in tables if not table.get("src")
        },
        external={
            table.get("id", ""): table.get("src", "") for table in tables if table.get("src")
        },
        itext=itext,
    )


def local_name(element: Element) -> str:
    """The element's name without its namespace."""
    return element.tag.rpartition("}")[2]


def message(form: XForm, text: str) -> Words:
    """A message of a bind: literal, or a reference to the form's texts."""
    found = _ITEXT.fullmatch(text)
    if found:
        return form.itext.get(found[1], {})
    return {UNTRANSLATED: text} if text else {}


_NAMESPACES = {
    "http://www.w3.org/2002/xforms": "",
    "http://openrosa.org/javarosa": "jr:",
    "http://openrosa.org/xforms": "orx:",
    "http://www.opendatakit.org/xforms": "odk:",
    NAMESPACE: f"{PREFIX}:",
}
_XF = "{http://www.w3.org/2002/xforms}"
_H = "{http://www.w3.org/1999/xhtml}"
_ITEXT = re.compile(r"jr:itext\('(.*)'\)")
_GUIDANCE = "guidance"
_IMAGE = "image"
_NO_TEXT = "-"
"""What pyxform writes where a language lacks a text."""


def _only(element: Element, path: str) -> Element:
    found = element.find(path)
    if found is None:
        raise ValueError(f"the compiled form has no {path}")
    return found


def _attributes(element: Element) -> Attributes:
    return {_attribute(name): text for name, text in element.attrib.items()}


def _attribute(name: str) -> str:
    uri, _, local = name.removeprefix("{").rpartition("}")
    return _NAMESPACES.get(uri, "") + local


def _itext(model: Element) -> tuple[dict[str, Words], tuple[str, ...]]:
    """The form's texts by id, and its languages. Guidance and pictures have ids of their own."""
    texts: dict[str, Words] = {}
    languages: dict[str, bool] = {}
    for translation in model.iter(f"{_XF}translation"):
        language = language_code(translation.get("lang", ""))
        languages[language] = translation.get("default") == "true()"
        for text in translation:
            for value in text:
                _keep(texts, text.get("id", ""), language, value)
    return texts, tuple(sorted(languages, key=lambda code: not languages[code]))


def _keep(texts: dict[str, Words], name: str, language: str, value: Element) -> None:
    form, words = value.get("form", ""), _flat(value)
    if form not in {"", _GUIDANCE, _IMAGE} or words in {"", _NO_TEXT}:
        return
    texts.setdefault(_text_id(name, form), {})[language] = words


def _text_id(name: str, form: str = "") -> str:
    return f"{name}|{form}" if form else name


def _flat(element: Element) -> str:
    """The text, with `${...}` where the value of an expression is shown."""
    pieces = [element.text or ""]
    for child in element:
        if local_name(child) == "output":
            pieces.append("${" + child.get("value", "").strip() + "}")
        pieces.append(child.tail or "")
    return "".join(pieces).strip()


def _words(element: Element | None, itext: dict[str, Words], form: str = "") -> Words:
    if element is None:
        return {}
    found = _ITEXT.fullmatch(element.get("ref", ""))
    if found:
        return itext.get(_text_id(found[1], form), {})
    text = "" if form else _flat(element)
    return {UNTRANSLATED: text} if text else {}


def _controls(body: Element, itext: dict[str, Words]) -> dict[str, Control]:
    controls: dict[str, Control] = {}
    for element in body.iter():
        ref = element.get("ref") or element.get("nodeset")
        if ref is None or not ref.startswith("/") or local_name(element) in _NO_CONTROLS:
            continue
        label, hint = element.find(f"{_XF}label"), element.find(f"{_XF}hint")
        itemset = element.find(f"{_XF}itemset")
        controls[ref] = Control(
            tag=local_name(element),
            label=_words(label, itext),
            hint=_words(hint, itext),
            guidance=_words(hint, itext, _GUIDANCE),
            picture=_words(label, itext, _IMAGE),
            attributes=_attributes(element),
            items="" if itemset is None else itemset.get("nodeset", ""),
            item_value=_ref(itemset, "value"),
            item_label=_ref(itemset, "label"),
        )
    return controls


def _ref(itemset: Element | None, part: str) -> str:
    found = None if itemset is None else itemset.find(f"{_XF}{part}")
    return "" if found is None else found.get("ref", "").strip()


def _triggered(body: Element) -> dict[str, Triggered]:
    found: dict[str, Triggered] = {}
    for control in body.iter():
        for value in control.findall(f"{_XF}setvalue"):
            source, target = control.get("ref", ""), value.get("ref", "")
            if "changed" in value.get("event", "") and source:
                earlier = found[target].sources if target in found else ()
                found[target] = Triggered((*earlier, source), value.get("value", "").strip())
    return found


_NO_CONTROLS = {"repeat", "label", "hint", "itemset", "value", "output", "setvalue", "setgeopoint"}


def _repeats(body: Element, model: Element) -> dict[str, str]:
    counts = {
        bind.get("nodeset", ""): bind.get("calculate", "") for bind in model.iter(f"{_XF}bind")
    }
    repeats = {}
    for element in body.iter(f"{_XF}repeat"):
        count = _attributes(element).get("jr:count", "").strip()
        repeats[element.get("nodeset", "")] = counts.get(count) or count
    return repeats


def _choices(table: Element, itext: dict[str, Words]) -> tuple[Choice, ...]:
    return tuple(_choice(item, itext) for item in table.iter(f"{_XF}item"))


def _choice(item: Element, itext: dict[str, Words]) -> Choice:
    columns = {local_name(column): (column.text or "").strip() for column in item}
    text = columns.pop("itextId", "")
    plain = columns.pop("label", "")
    return Choice(
        name=columns.pop("name", ""),
        label=itext.get(text) or {UNTRANSLATED: plain},
        picture=itext.get(_text_id(text, _IMAGE), {}),
        extra=columns,
    )
