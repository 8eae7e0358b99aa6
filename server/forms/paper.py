"""Any form as it is printed: blank, or with what is known already, under the same item numbers.

What cannot be answered on paper (a photo, a recording) is left to the phone; what nobody is asked
is left out. Sensitive answers are never printed: whoever fills the form in writes them anew.
"""

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from msgspec import Struct

from server.paper.blocks import Block, Grid, Heading, Item, Option, Paper, Paragraph, Signatures
from shared.changes import Answer
from shared.forms.instances import Row, direct_questions, instances_of, repeat_name
from shared.forms.model import Form, Group, Node, Question, QuestionType, Repeat, walk_repeats
from shared.forms.words import Words, in_language
from shared.policies import PrivacyClass
from shared.records import is_missing

OPTIONS_MAX = 16
"""A longer list is answered by writing, not by ticking."""
ROWS_MIN, ROWS_SPARE = 4, 2
"""Lines of a table: at least, and beyond those that are filled."""
LONG_TEXT_LINES = 3
NO_ANSWERS: Mapping[str, Answer] = MappingProxyType({})

_SHOWN = re.compile(r"\$\{[^}]*\}")
_UNPRINTED = frozenset(
    {
        QuestionType.IMAGE, QuestionType.AUDIO, QuestionType.VIDEO, QuestionType.FILE,
        QuestionType.GEOTRACE, QuestionType.GEOSHAPE, QuestionType.UNSUPPORTED,
    }
)  # fmt: skip
_TEXTS: Mapping[str, Words] = MappingProxyType(
    {
        "voluntary": {
            "zh": "填写自愿，不愿回答的可勾选“拒绝提供”。信息只用于各题所写的用途。",
            "en": "Answering is voluntary; tick “declined” where you prefer not to say. Answers "
            "are used for the stated purpose only.",
        },
        "declined": {"zh": "拒绝提供", "en": "declined"},
        "not_known": {"zh": "不清楚", "en": "not known"},
        "if_applies": {"zh": "如适用", "en": "if it applies"},
        "purpose": {"zh": "用途：{text}", "en": "Purpose: {text}"},
        "date": {"zh": "________ 年 _____ 月 _____ 日", "en": "________ - _____ - _____"},
        "household": {"zh": "住户签名", "en": "Signature"},
        "worker": {"zh": "填表人", "en": "Filled in by"},
        "day": {"zh": "日期", "en": "Date"},
    }
)


class Head(Struct, frozen=True):
    """What stands on a form besides its questions."""

    subtitle: str = ""
    serial: str = ""
    code: str = ""
    foot: str = ""


def form_paper(
    form: Form, language: str, head: Head, answers: Mapping[str, Answer] = NO_ANSWERS
) -> Paper:
    """The form in that language, with these answers by question name, as far as they may show."""
    printer = _Printer(form, language, answers)
    blocks = (
        Paragraph(printer.say("voluntary"), small=True),
        *printer.blocks(form.children),
        Signatures(tuple(printer.say(who) for who in ("household", "worker", "day"))),
    )
    return Paper(
        title=form.words(form.title, language) or form.id,
        blocks=blocks,
        subtitle=head.subtitle,
        serial=head.serial,
        code=head.code,
        foot=" · ".join(part for part in (head.foot, f"{form.id} {form.version}".strip()) if part),
    )


class _Printer:
    """Turns the parts of one form into blocks."""

    def __init__(self, form: Form, language: str, answers: Mapping[str, Answer]) -> None:
        self._form = form
        self._language = language
        self._answers = answers
        asked = [question for question in form.questions if _is_printed(question)]
        running = {one.name: str(place) for place, one in enumerate(asked, start=1)}
        self._numbers = {one.name: one.item for one in asked if one.item} or running

    def say(self, key: str, **names: object) -> str:
        """One of our own sentences."""
        return in_language(_TEXTS[key], self._language, "zh").format(**names)

    def blocks(self, nodes: tuple[Node, ...]) -> Iterator[Block]:
        """The blocks of these parts, in order."""
        for node in nodes:
            if isinstance(node, Question):
                yield from self._question(node, self._answers.get(node.name))
            elif isinstance(node, Group):
                inner = tuple(self.blocks(node.children))
                if inner and node.label:
                    yield self._heading(node, self._words(node.label))
                yield from inner
            else:
                rows = instances_of(self._answers.get(node.unit)) or ()
                yield from self._repeat(node, [((), row) for row in rows], ())

    def _heading(self, node: Group | Repeat, label: str) -> Heading:
        return Heading(label + (f"（{self.say('if_applies')}）" if node.relevant else ""))

    def _question(self, question: Question, answer: Answer) -> Iterator[Block]:
        if question.type is QuestionType.NOTE and question.on:
            yield Paragraph(self._words(question.label))
        elif _is_printed(question):
            yield self._item(question, None if _is_hidden(question) else answer)

    def _item(self, question: Question, answer: Answer) -> Item:
        options = (*self._options(question, answer), *self._non_answers(question, answer))
        ticked = bool(self._options(question, answer))
        written = "" if ticked or is_missing(answer) else self._text(question, answer)
        if question.type is QuestionType.DATE and not written:
            written = self.say("date")
        long_text = "multiline" in question.appearance
        drawn = ticked or question.type is QuestionType.DATE
        return Item(
            label=self._words(question.label) + (" *" if question.required else ""),
            number=self._numbers.get(question.name, ""),
            hint=self._hint(question),
            answer=written,
            options=options,
            lines=LONG_TEXT_LINES if long_text else 0 if drawn else 1,
        )

    def _hint(self, question: Question) -> str:
        purpose = self._words(question.purpose)
        parts = [
            self.say("if_applies") if question.relevant else "",
            self._words(question.hint),
            self.say("purpose", text=purpose) if purpose and _is_hidden(question) else "",
        ]
        return " · ".join(part for part in parts if part)

    def _options(self, question: Question, answer: Answer) -> tuple[Option, ...]:
        if question.type is QuestionType.ACKNOWLEDGE:
            return (Option("OK", marked=answer is not None),)
        choices = self._form.choices.get(question.choice_list, ())
        if not 0 < len(choices) <= OPTIONS_MAX or question.type is QuestionType.RANK:
            return ()
        chosen = set(_codes(answer))
        return tuple(
            Option(self._words(choice.label) or choice.name, choice.name in chosen)
            for choice in choices
        )

    def _non_answers(self, question: Question, answer: Answer) -> tuple[Option, ...]:
        given = answer.get("missing") if isinstance(answer, Mapping) else None
        allowed = {"declined": question.allow_declined, "not_known": question.allow_not_known}
        return tuple(Option(self.say(why), why == given) for why, may in allowed.items() if may)

    def _text(self, question: Question, answer: Answer) -> str:
        """An answer in one line; a code as its label."""
        if isinstance(answer, Mapping):
            return ", ".join(str(answer[part]) for part in ("lat", "lon") if part in answer)
        chosen = (self._form.choice(question, code) for code in _codes(answer))
        labels = [self._words(choice.label) for choice in chosen if choice]
        return "、".join(labels) if labels else "、".join(_codes(answer))

    def _repeat(
        self, repeat: Repeat, rows: list[tuple[tuple[str, ...], Row]], above: tuple[str, ...]
    ) -> Iterator[Block]:
        """A table, and one below it for each repeat inside.

        Each row begins with the numbers of the rows it belongs to; `above` names those columns.
        """
        columns = [one for one in direct_questions(repeat.children) if _is_printed(one)]
        name = repeat_name(self._form, repeat, self._language)
        yield self._heading(repeat, name)
        header = (*above, "#", *(self._words(one.label) or one.name for one in columns))
        filled = [
            (*within, str(place), *(self._cell(one, row.get(one.name)) for one in columns))
            for place, (within, row) in enumerate(rows, start=1)
        ]
        spare = max(ROWS_MIN - len(filled), ROWS_SPARE)
        empty = ("",) * len(header)
        widths = (*(0.4,) * (len(above) + 1), *(1.0,) * len(columns))
        yield Grid(header, (*filled, *([empty] * spare)), widths, row_mm=9)
        yield from self._legends(columns)
        for inner in walk_repeats(repeat.children):
            inside = [
                ((*within, str(place)), below)
                for place, (within, row) in enumerate(rows, start=1)
                for below in instances_of(row.get(inner.unit)) or ()
            ]
            yield from self._repeat(inner, inside, (*above, name))

    def _legends(self, columns: list[Question]) -> Iterator[Block]:
        for column in columns:
            choices = self._form.choices.get(column.choice_list, ())
            if 0 < len(choices) <= OPTIONS_MAX:
                listed = "；".join(f"{one.name} {self._words(one.label)}" for one in choices)
                yield Paragraph(f"{self._words(column.label)}：{listed}", small=True)

    def _cell(self, question: Question, answer: Answer) -> str:
        """What stands in a table: codes as codes, which the lines below it explain."""
        if _is_hidden(question) or is_missing(answer):
            return ""
        ticked = 0 < len(self._form.choices.get(question.choice_list, ())) <= OPTIONS_MAX
        return " ".join(_codes(answer)) if ticked else self._text(question, answer)

    def _words(self, words: Words) -> str:
        """A text without the places where answers would be shown."""
        written = self._form.words(words, self._language)
        return _SHOWN.sub("____", written)


def _is_printed(question: Question) -> bool:
    return (
        question.asked
        and question.type not in _UNPRINTED
        and question.type is not QuestionType.NOTE
        and not (question.type is QuestionType.REFERENCE and bool(question.required))
    )


def _is_hidden(question: Question) -> bool:
    return question.privacy is PrivacyClass.SENSITIVE


def _codes(answer: Answer) -> list[str]:
    if answer is None or isinstance(answer, Mapping):
        return []
    return [str(one) for one in answer] if isinstance(answer, list | tuple) else [str(answer)]
