"""Forms written in a test, compiled and filled in as a phone fills them."""

from datetime import datetime, timedelta, timezone

from server.forms.compiler import compile_form
from shared.changes import Answer
from shared.forms.logic import FormState
from shared.forms.model import Form, decode_form, encode_form
from shared.forms.scope import Moment

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=timezone(timedelta(hours=8)))


def form_of(rows: str, files: dict[str, bytes] | None = None) -> Form:
    """The form of a survey sheet (its header first) and other sheets, once over the wire."""
    sheets = rows.strip("\n")
    document = sheets if sheets.startswith("| survey") else f"| survey |\n{sheets}"
    compiled = compile_form(document.encode(), ".md", "household", files or {})
    return decode_form(encode_form(compiled.form))


def filled(rows: str, answers: dict[str, Answer] | None = None, **more: Answer) -> FormState:
    """A new record's form with these answers given in order; instances are added as needed."""
    state = FormState.fresh(form_of(rows), Moment(NOW, "zh", "seed"))
    give(state, {**(answers or {}), **more})
    return state


def give(state: FormState, answers: dict[str, Answer]) -> None:
    """Answers questions in order."""
    for key, answer in answers.items():
        state.answer(key, answer)


def values(state: FormState) -> dict[str, Answer]:
    """What every relevant question is worth, by key."""
    shown = (one for one in state.all_questions() if one.relevant)
    return {one.key: one.value for one in shown if one.value is not None}
