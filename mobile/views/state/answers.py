"""Answers as a worker reads them: choices by their labels, dates as dates, references by name."""

from collections.abc import Callable, Mapping, Sequence

from mobile.views.words import Texts
from shared.changes import Answer
from shared.files import file_ref
from shared.forms.instances import repeat_name, rows_text
from shared.forms.model import CHOICE_TYPES, Form, Question, QuestionType
from shared.forms.values import Missing
from shared.records import is_missing

BETWEEN = {"zh": "、", "en": ", "}


class Reader:
    """Reads answers of one form in one language."""

    def __init__(self, form: Form, texts: Texts, label: Callable[[str], str]) -> None:
        """label: names a record in one line."""
        self._form = form
        self._texts = texts
        self._label = label

    def name(self, unit: str) -> str:
        """What a merge unit is called: the label of its (first) question."""
        if unit.startswith("@"):
            return self._texts(f"units.{unit[1:]}")
        if unit in self._form.repeats:
            return repeat_name(self._form, self._form.repeats[unit], self._texts.language)
        members = self._form.units.get(unit)
        return self._form.words(members[0].label, self._texts.language) if members else unit

    def unit(self, unit: str, value: Answer) -> str:
        """A unit's value in words."""
        members = self._form.units.get(unit, ())
        if unit == "@deleted":
            return self._texts("units.deleted_value" if value is True else "units.kept_value")
        if unit in self._form.repeats and not is_missing(value):
            repeat, language = self._form.repeats[unit], self._texts.language
            return rows_text(self._form, repeat, value, language=language, said=self.answer)
        if len(members) == 1:
            return self.answer(members[0], value)
        if isinstance(value, Mapping) and not is_missing(value):
            parts = [self.answer(m, value.get(m.name)) for m in members]
            return BETWEEN[self._texts.language].join(part for part in parts if part)
        return self._plain(value)

    def answer(self, question: Question, value: Answer) -> str:
        """An answer in words; "" for none."""
        if is_missing(value) or value is None:
            return self._plain(value)
        if question.type in CHOICE_TYPES:
            return self._choices(question, value)
        if question.type is QuestionType.REFERENCE:
            return self._label(str(value)) or self._texts("answers.elsewhere")
        if question.type is QuestionType.GEOPOINT and isinstance(value, Mapping):
            return f"{value.get('lat'):.5f}, {value.get('lon'):.5f}"
        if question.type is QuestionType.ACKNOWLEDGE:
            return self._texts("answers.acknowledged")
        return self._plain(value)

    def _choices(self, question: Question, value: Answer) -> str:
        codes: Sequence[object] = value if isinstance(value, list | tuple) else [value]
        labels = []
        for code in codes:
            choice = self._form.choice(question, str(code))
            words = self._form.words(choice.label, self._texts.language) if choice else str(code)
            labels.append(words)
        return BETWEEN[self._texts.language].join(labels)

    def _plain(self, value: Answer) -> str:
        if value is None:
            return ""
        if isinstance(value, Mapping) and "missing" in value:
            declined = value["missing"] == Missing.DECLINED
            return self._texts("answers.declined" if declined else "answers.not_known")
        ref = file_ref(value)
        return str(value) if ref is None else ref.file_name
