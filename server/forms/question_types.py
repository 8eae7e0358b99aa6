"""Which question type a bind and a body control stand for."""

from server.forms.xform import Attributes, Control
from shared.forms.model import QuestionType

_INPUTS = {
    "string": QuestionType.TEXT,
    "int": QuestionType.INTEGER,
    "decimal": QuestionType.DECIMAL,
    "date": QuestionType.DATE,
    "time": QuestionType.TIME,
    "dateTime": QuestionType.DATE_TIME,
    "geopoint": QuestionType.GEOPOINT,
    "geotrace": QuestionType.GEOTRACE,
    "geoshape": QuestionType.GEOSHAPE,
    "barcode": QuestionType.BARCODE,
}
_CONTROLS = {
    "select1": QuestionType.SELECT_ONE,
    "select": QuestionType.SELECT_MULTIPLE,
    "rank": QuestionType.RANK,
    "trigger": QuestionType.ACKNOWLEDGE,
    "range": QuestionType.RANGE,
}
_MEDIA = {
    "image": QuestionType.IMAGE,
    "audio": QuestionType.AUDIO,
    "video": QuestionType.VIDEO,
}


def question_type(bind: Attributes, control: Control | None, *, has_default: bool) -> QuestionType:
    """The type of the question with that bind and control; `unsupported` for any other."""
    if control is None:
        return _silent(bind)
    if control.tag == "input":
        return _input(bind, has_default=has_default)
    if control.tag == "upload" and control.attributes.get("mediatype") == "osm/*":
        return QuestionType.UNSUPPORTED
    if control.tag == "upload":
        media = control.attributes.get("mediatype", "").partition("/")[0]
        return _MEDIA.get(media, QuestionType.FILE)
    return _CONTROLS.get(control.tag, QuestionType.UNSUPPORTED)


def _silent(bind: Attributes) -> QuestionType:
    if "jr:preload" in bind:
        return QuestionType.METADATA
    if "calculate" in bind:
        return QuestionType.CALCULATE
    known = bind.get("type", "string") in _INPUTS
    return QuestionType.HIDDEN if known else QuestionType.UNSUPPORTED


def _input(bind: Attributes, *, has_default: bool) -> QuestionType:
    """A note is an input that takes none: read-only, with nothing to show but its label."""
    kind = _INPUTS.get(bind.get("type", "string"), QuestionType.UNSUPPORTED)
    fixed = bind.get("readonly", "").strip() == "true()"
    if kind is QuestionType.TEXT and fixed and "calculate" not in bind and not has_default:
        return QuestionType.NOTE
    return kind
