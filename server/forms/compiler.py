"""From an XLSForm to our form model, by way of the XForm that pyxform compiles.

What the model cannot say is a problem with its sheet and row; nothing is dropped in silence.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from xml.etree.ElementTree import Element

from msgspec import Struct
from msgspec.structs import replace

from server.forms.columns import Ours, Reader, unknown_form_columns
from server.forms.lists import Lists
from server.forms.pictures import Pictures
from server.forms.problems import FormProblem, FormRefusedError, problem
from server.forms.question_types import question_type
from server.forms.questions import instance_words, with_ours, with_rules, with_words
from server.forms.report import sheet_problems
from server.forms.review import review
from server.forms.xform import META, Attributes, Control, XForm, local_name, take_apart
from server.forms.xlsform import PREFIX, Workbook, read_workbook, to_xform
from shared.forms.model import Choice, Form, Group, Node, Question, QuestionType, Repeat
from shared.forms.words import UNTRANSLATED, Words

KIND_CHARS_MAX = 40
NO_FILES: Mapping[str, bytes] = MappingProxyType({})


class CompiledForm(Struct, frozen=True):
    """A form that can be used, and what its author should know of it."""

    form: Form
    warnings: tuple[FormProblem, ...]
    rows: dict[str, int]
    """The row of each question on the survey sheet, by its path."""


def compile_form(
    document: bytes,
    suffix: str,
    kind: str = "",
    files: Mapping[str, bytes] = NO_FILES,
    *,
    called: str = "",
) -> CompiledForm:
    """The form in an XLSForm file; `suffix` is ".md", ".xlsx", ".xls" or ".csv".

    `kind` is the kind of record when the file does not say; `files` are the CSV files that it
    looks things up in, and its pictures. Raises FormRefusedError with all that is wrong.
    """
    workbook = read_workbook(document, suffix)
    compiled = to_xform(workbook)
    xform = take_apart(compiled.xform)
    builder = _Builder(xform, workbook, files)
    form = builder.form(kind or kind_named(xform.attributes.get("id", "")) or kind_named(called))
    problems = [*sheet_problems(workbook), *compiled.warnings, *builder.problems]
    if not any(found.fatal for found in problems):
        problems += review(form, workbook.rows)
    if any(found.fatal for found in problems):
        raise FormRefusedError(problems)
    return CompiledForm(form, tuple(problems), workbook.rows)


def kind_named(name: str) -> str:
    """The kind of record that a form called `name` is for, when nothing says it; "" for none."""
    plain = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:KIND_CHARS_MAX]
    return plain if plain[:1].isalpha() and plain != _UNNAMED else ""


_UNNAMED = "data"
"""What a form is called that has no id."""
_MIDNIGHT = re.compile(r"(?<=^\d{4}-\d\d-\d\d) 00:00:00$")
"""What pyxform makes of a cell that Excel holds as a date."""
_INSTANCE_NAME = f"/data/{META}/instanceName"
_EMPTY = Control(
    tag="", label={}, hint={}, guidance={}, picture={}, attributes={}, items="", item_value="",
    item_label="",
)  # fmt: skip


class _Builder:
    """Builds the form from the XForm's parts and collects what cannot be built."""

    def __init__(self, xform: XForm, workbook: Workbook, files: Mapping[str, bytes]) -> None:
        self.problems: list[FormProblem] = []
        self._xform = xform
        self._workbook = workbook
        self._rows = workbook.rows
        self._names = _unique_names(xform)
        self._lists = Lists(xform, files)
        self._pictures = Pictures(workbook, files)
        self.problems.extend(self._pictures.problems)
        self._kind = ""

    def form(self, kind: str) -> Form:
        xform, settings = self._xform, self._xform.attributes
        self._kind = kind = settings.get(f"{PREFIX}:kind", kind).strip()
        if not kind:
            self._wrong(problem("no_kind"), "", "")
        for column in unknown_form_columns(settings):
            self._wrong(problem("unknown_column"), "", column)
        languages = xform.languages or (UNTRANSLATED,)
        return Form(
            kind=kind,
            id=settings.get("id", kind),
            version=settings.get("version", ""),
            title=_title(xform),
            languages=languages,
            default_language=languages[0],
            children=tuple(self._nodes(xform.instance, "/data")),
            choices={name: self._pictured(listed) for name, listed in self._lists.all().items()},
            pictures=self._pictures.all(),
            instance_name=xform.binds.get(_INSTANCE_NAME, {}).get("calculate", "").strip(),
        )

    def _nodes(self, parent: Element, path: str) -> Iterator[Node]:
        seen: set[str] = set()
        for element in parent:
            name = local_name(element)
            here = f"{path}/{name}"
            if here in seen or here == f"/data/{META}" or self._counts_repeat(here):
                continue  # a repeat stands twice: once as template, once as first instance
            seen.add(here)
            if here in self._xform.repeats:
                yield self._repeat(element, here)
            elif len(element) or self._control(here).tag == "group":
                yield self._group(element, here)
            else:
                yield self._question(element, here)

    def _counts_repeat(self, path: str) -> bool:
        """Whether pyxform made this question to hold a repeat's count expression."""
        return path.removesuffix("_count") in self._xform.repeats and path not in self._rows

    def _group(self, element: Element, path: str) -> Group:
        control = self._control(path)
        return Group(
            name=local_name(element),
            path=path,
            label=control.label,
            appearance=control.attributes.get("appearance", ""),
            relevant=self._bind(path).get("relevant", "").strip(),
            children=tuple(self._nodes(element, path)),
        )

    def _repeat(self, element: Element, path: str) -> Repeat:
        control = self._control(path)
        ours = self._ours(path, QuestionType.TEXT)
        return Repeat(
            name=local_name(element),
            path=path,
            unit=self._names[path],
            label=instance_words(control.label, path),
            appearance=control.attributes.get("appearance", ""),
            relevant=self._bind(path).get("relevant", "").strip(),
            count=self._xform.repeats[path],
            policy=ours.policy,
            privacy=ours.privacy,
            children=tuple(self._nodes(element, path)),
        )

    def _question(self, element: Element, path: str) -> Question:
        control = self._xform.controls.get(path)
        default = _MIDNIGHT.sub("", (element.text or "").strip())
        kind = question_type(self._bind(path), control, has_default=bool(default))
        name = self._names[path]
        question = Question(name=name, path=path, type=kind, unit=name, default=default)
        question = with_words(question, control or _EMPTY)
        question = replace(question, picture=self._pictures.of((control or _EMPTY).picture))
        question = with_rules(question, self._xform, self._bind(path))
        question = self._with_choices(question, control or _EMPTY)
        question = with_ours(question, self._ours(path, question.type), self._kind)
        if question.type is QuestionType.UNSUPPORTED:
            declared = self._workbook.type_at(self._rows.get(path))
            self._wrong(problem("unsupported_type", type=declared), path, "type")
        for found in self._lists.looked_up(question):
            self._wrong(found, path, "calculation")
        return question

    def _pictured(self, listed: tuple[Choice, ...]) -> tuple[Choice, ...]:
        if not any(choice.picture for choice in listed):
            return listed
        return tuple(
            replace(choice, picture=self._pictures.of(choice.picture)) for choice in listed
        )

    def _with_choices(self, question: Question, control: Control) -> Question:
        try:
            return self._lists.of(question, control)
        except FormRefusedError as refused:
            for found in refused.problems:
                self._wrong(found, question.path, "type")
        return question

    def _ours(self, path: str, kind: QuestionType) -> Ours:
        reader = Reader(self._bind(path), self._xform.attributes)
        ours = reader.read(kind, self._names[path])
        for found in reader.problems:
            self._wrong(found, path, found.column)
        return ours

    def _bind(self, path: str) -> Attributes:
        return self._xform.binds.get(path, {})

    def _control(self, path: str) -> Control:
        return self._xform.controls.get(path, _EMPTY)

    def _wrong(self, found: FormProblem, path: str, column: str) -> None:
        sheet = "survey" if path else "settings"
        row = self._rows.get(path) if path else None
        self.problems.append(replace(found, sheet=sheet, row=row, column=column))


def _unique_names(xform: XForm) -> dict[str, str]:
    """A name for each question and repeat: its own, or its path where others have the same."""
    paths = list(_named_paths(xform, xform.instance, "/data"))
    own = [path.rpartition("/")[2] for path in paths]
    counts = Counter(own)
    return {
        path: name if counts[name] == 1 else path.removeprefix("/data/")
        for path, name in zip(paths, own, strict=True)
    }


def _named_paths(xform: XForm, parent: Element, path: str) -> Iterator[str]:
    seen: set[str] = set()
    for element in parent:
        here = f"{path}/{local_name(element)}"
        if here in seen or here == f"/data/{META}":
            continue
        seen.add(here)
        if here in xform.repeats or not len(element):
            yield here
        if len(element):
            yield from _named_paths(xform, element, here)


def _title(xform: XForm) -> Words:
    """The settings sheet has one title; ours may give one in each language."""
    named = {
        language: xform.attributes[f"{PREFIX}:title_{language}"]
        for language in xform.languages
        if xform.attributes.get(f"{PREFIX}:title_{language}")
    }
    return named or {xform.languages[0] if xform.languages else UNTRANSLATED: xform.title}
