"""One question: its words, its field, what is wrong with the answer, and the non-answers."""

import flet as ft

from mobile.views.context import current_tab
from mobile.views.form.attachments import attachment_field
from mobile.views.form.barcode import barcode_field
from mobile.views.form.choices import many_choices, one_choice, outcome_tiles
from mobile.views.form.drawing import DRAWN, drawing_field
from mobile.views.form.fields import (
    date_field,
    date_time_field,
    number_field,
    text_field,
    time_field,
)
from mobile.views.form.labelled import fault_line, marked
from mobile.views.form.pictured import question_picture
from mobile.views.form.places import place_field, places_field
from mobile.views.form.ranges import range_field
from mobile.views.form.ranking import rank_field
from mobile.views.form.reference import reference_field
from mobile.views.guarded import guarded
from mobile.views.hooks import off_loop, use_watched
from mobile.views.parts.buttons import padding
from mobile.views.parts.contest import contest_panel
from mobile.views.parts.field import field_words, is_long
from mobile.views.parts.policy import policy_hint
from mobile.views.parts.type import body, label, muted
from mobile.views.state.sheet import Sheet
from mobile.views.theme import GAP, TARGET
from shared.forms.logic import QuestionState
from shared.forms.model import QuestionType
from shared.forms.values import Missing

BETWEEN = GAP + 2
"""Below each question, dp."""
OUTCOME = ("visit", "outcome")
"""The core question that is answered with one tap on a big tile."""


@guarded
def question_field(sheet: Sheet, name: str) -> ft.Control:
    """The question of that name, drawn again whenever it is touched."""
    use_watched(sheet.slot(name))
    question = sheet.find(name)
    if question is None or not is_shown(question):
        return ft.Container(height=0)
    parts = [
        *question_picture(sheet, question),
        _field(sheet, question),
        *_explained(sheet, question),
        *_non_answers(sheet, question),
        *_contest(sheet, question),
    ]
    return ft.Semantics(
        identifier=f"q-{name}",
        key=ft.ScrollKey(f"q-{name}"),  # type: ignore[call-arg]  # Flet hides it
        content=ft.Container(
            ft.Column(
                parts,
                spacing=6,
                tight=True,
                horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
            ),
            padding=ft.Padding.only(bottom=BETWEEN),
        ),
    )


def is_shown(question: QuestionState) -> bool:
    """Whether it takes part now: it is relevant, and there is something to ask or to say."""
    if question.question.type is QuestionType.NOTE:
        return question.relevant
    return question.relevant and not (question.readonly and question.value is None)


def _contest(sheet: Sheet, question: QuestionState) -> list[ft.Control]:
    """The other answers, where the office must decide between several."""
    contest = sheet.contests.get(question.question.unit)
    return [contest_panel(contest)] if contest else []


def _explained(sheet: Sheet, question: QuestionState) -> list[ft.Control]:
    """The policy cards that the office put next to it."""
    kind, asked = sheet.form.kind, question.question
    cards = current_tab().store.known.policy.about(kind, asked.name, question.value)
    return [policy_hint(card) for card in cards]


def _field(sheet: Sheet, question: QuestionState) -> ft.Control:
    asked = question.question
    if question.readonly and asked.type not in _DRAWN_READONLY:
        return _readonly(sheet, question)
    if (sheet.form.kind, asked.name) == OUTCOME:
        return outcome_tiles(sheet, question)
    draw = _FIELDS.get(asked.type)
    return draw(sheet, question) if draw else _not_here(question)


def _readonly(sheet: Sheet, question: QuestionState) -> ft.Control:
    return ft.Column([label(question.label), body(sheet.words(question))], spacing=2, tight=True)


def _note(_sheet: Sheet, question: QuestionState) -> ft.Control:
    return muted("\n".join(words for words in (question.label, question.hint) if words))


def _place(sheet: Sheet, question: QuestionState) -> ft.Control:
    return place_field(sheet, question.key)


def _places(sheet: Sheet, question: QuestionState) -> ft.Control:
    return places_field(sheet, question.key)


def _attachment(sheet: Sheet, question: QuestionState) -> ft.Control:
    if set(question.question.appearance.split()) & DRAWN:
        return drawing_field(sheet, question.key)
    return attachment_field(sheet, question.key)


def _acknowledge(sheet: Sheet, question: QuestionState) -> ft.Control:
    name = question.key

    async def ticked(event: ft.Event[ft.Checkbox]) -> None:
        sheet.answer(name, True if event.control.value else None)
        await off_loop(sheet.keep)()

    words, texts = marked(question), current_tab().texts
    above = is_long(sheet.tab, words)
    box = ft.Checkbox(
        label=texts("answers.acknowledged") if above else words,
        value=question.value is not None,
        on_change=ticked,
        height=TARGET,
    )
    fault = sheet.fault(name)
    return ft.Column(
        [
            *([field_words(words)] if above else []),
            box,
            *([muted(question.hint)] if question.hint else []),
            ft.Container(fault_line(fault) if fault else None),
        ],
        spacing=2,
        tight=True,
    )


def _not_here(question: QuestionState) -> ft.Control:
    texts = current_tab().texts
    return ft.Column(
        [label(question.label), muted(texts("form.not_on_this_device"))], spacing=2, tight=True
    )


def _non_answers(sheet: Sheet, question: QuestionState) -> list[ft.Control]:
    asked = question.question
    allowed = {
        Missing.DECLINED: asked.allow_declined,
        Missing.NOT_KNOWN: asked.allow_not_known,
    }
    chips = [_chip(sheet, question.key, why) for why, may in allowed.items() if may]
    if not chips or question.readonly:
        return []
    return [ft.Row(chips, wrap=True, spacing=4, run_spacing=0, alignment=ft.MainAxisAlignment.END)]


def _chip(sheet: Sheet, name: str, why: Missing) -> ft.Control:
    texts = current_tab().texts
    given = sheet.missing(name) is why

    async def said() -> None:
        sheet.say_missing(name, why)
        await off_loop(sheet.keep)()

    kind = ft.FilledTonalButton if given else ft.TextButton
    return ft.Semantics(
        identifier=f"q-{name}-{why}",
        selected=given,
        content=kind(
            label(texts(f"answers.{why}")),
            icon=ft.Icons.CHECK if given else None,
            on_click=said,
            style=ft.ButtonStyle(padding=padding(name="label_medium", beside=12), elevation=0),
        ),
    )


_FIELDS = {
    QuestionType.TEXT: text_field,
    QuestionType.BARCODE: barcode_field,
    QuestionType.TIME: time_field,
    QuestionType.INTEGER: number_field,
    QuestionType.DECIMAL: number_field,
    QuestionType.RANGE: range_field,
    QuestionType.DATE: date_field,
    QuestionType.DATE_TIME: date_time_field,
    QuestionType.SELECT_ONE: one_choice,
    QuestionType.SELECT_MULTIPLE: many_choices,
    QuestionType.RANK: rank_field,
    QuestionType.GEOPOINT: _place,
    QuestionType.GEOTRACE: _places,
    QuestionType.GEOSHAPE: _places,
    QuestionType.IMAGE: _attachment,
    QuestionType.AUDIO: _attachment,
    QuestionType.FILE: _attachment,
    QuestionType.REFERENCE: reference_field,
    QuestionType.ACKNOWLEDGE: _acknowledge,
    QuestionType.NOTE: _note,
}
_DRAWN_READONLY = frozenset({QuestionType.NOTE})
