"""From an XLSForm to our form model, by way of the XForm that pyxform compiles.

What the model cannot say is a problem with its sheet and row; nothing is dropped in silence.
"""

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from msgspec import Struct
from msgspec.structs import replace

from server.forms.columns import Reader, unknown_form_columns
from server.forms.problems import FormProblem, FormRefusedError, problem
from server.forms.question_types import question_type
from server.forms.review import review
from server.forms.xform import Attributes, Control, XForm, local_name, message, take_apart
from server.forms.xlsform import PREFIX, Workbook, read_workbook, to_xform
from shared.forms.core import CORE
from shared.forms.model import Form, Group, Node, Question, QuestionType, Repeat
from shared.forms.words import UNTRANSLATED, Words


class CompiledForm(Struct, frozen=True):
    """A form that can be used, and what its author should know of it."""

    form: Form
    warnings: tuple[FormProblem, ...]
    rows: dict[str, int]
    """The row of each question on the survey sheet, by its path."""


def compile_form(document: bytes, suffix: str, kind: str = "") -> CompiledForm:
    """The form in an XLSForm file; `suffix` is ".md", ".xlsx", ".xls" or ".csv".

    `kind` is the kind of record when the file does not say. Raises FormRefusedError with all
    that is wrong.
    """
    workbook = read_workbook(document, suffix)
    compiled = to_xform(workbook)
    xform = take_apart(compiled.xform)
    builder = _Builder(xform, workbook)
    form = builder.form(kind)
    problems = [*compiled.warnings, *builder.problems]
    if not any(found.fatal for found in problems):
        problems += review(form, workbook.rows)
    if any(found.fatal for found in problems):
        raise FormRefusedError(problems)
    return CompiledForm(form, tuple(problems), workbook.rows)


_ITEMS = re.compile(
    r"(?:randomize\()?instance\('([^']+)'\)/root/item(?:\[(.*)\])?(?:,.*)?\)?", re.DOTALL
)
_META = "meta"
_INSTANCE_NAME = "/data/meta/instanceName"
_EMPTY = Control(tag="", label={}, hint={}, guidance={}, attributes={}, items="")


class _Builder:
    """Builds the form from the XForm's parts and collects what cannot be built."""

    def __init__(self, xform: XForm, workbook: Workbook) -> None:
        self.problems: list[FormProblem] = []
        self._xform = xform
        self._workbook = workbook
        self._rows = workbook.rows
        self._names = _unique_names(xform.instance)
        self._kind = ""

    def form(self, kind: str) -> Form:
        xform, settings = self._xform, self._xform.attributes
        self._kind = kind = settings.get(f"{PREFIX}:kind", kind).strip()
        if not kind:
            self._wrong(problem("no_kind"), "", "")
        for column in unknown_form_columns(settings):
            self._wrong(problem("unknown_column"), "", column)
        if xform.has_media:
            self._wrong(problem("media_ignored"), "", "")
        languages = xform.languages or (UNTRANSLATED,)
        return Form(
            kind=kind,
            id=settings.get("id", kind),
            version=settings.get("version", ""),
            title=_title(xform),
            languages=languages,
            default_language=languages[0],
            children=tuple(self._nodes(xform.instance, "/data")),
            choices=xform.choices,
            instance_name=xform.binds.get(_INSTANCE_NAME, {}).get("calculate", "").strip(),
        )

    def _nodes(self, parent: Element, path: str) -> Iterator[Node]:
        seen: set[str] = set()
        for element in parent:
            name = local_name(element)
            here = f"{path}/{name}"
            if here in seen or here == f"/data/{_META}" or self._counts_repeat(here):
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
        self._wrong(problem("unsupported_repeat"), path, "type")
        control = self._control(path)
        return Repeat(
            name=local_name(element),
            path=path,
            unit=local_name(element),
            label=control.label,
            relevant=self._bind(path).get("relevant", "").strip(),
            count=self._xform.repeats[path],
            children=tuple(self._nodes(element, path)),
        )

    def _question(self, element: Element, path: str) -> Question:
        control = self._xform.controls.get(path)
        default = (element.text or "").strip()
        kind = question_type(self._bind(path), control, has_default=bool(default))
        name = self._names[path]
        question = Question(name=name, path=path, type=kind, unit=name, default=default)
        question = _with_words(question, control or _EMPTY)
        question = self._with_rules(question)
        question = self._with_choices(question, (control or _EMPTY).items)
        question = self._with_ours(question)
        if question.type is QuestionType.UNSUPPORTED:
            declared = self._workbook.type_at(self._rows.get(path))
            self._wrong(problem("unsupported_type", type=declared), path, "type")
        if path in self._xform.triggered:
            self._wrong(problem("unsupported_trigger"), path, "trigger")
        return question

    def _with_rules(self, question: Question) -> Question:
        xform, bind = self._xform, self._bind(question.path)
        return replace(
            question,
            relevant=bind.get("relevant", "").strip(),
            required=_unless_false(bind.get("required", "")),
            required_message=message(xform, bind.get("jr:requiredMsg", "")),
            constraint=bind.get("constraint", "").strip(),
            constraint_message=message(xform, bind.get("jr:constraintMsg", "")),
            calculation=bind.get("calculate", "").strip(),
            readonly=_unless_false(bind.get("readonly", "")),
            preload=":".join(
                filter(None, (bind.get("jr:preload", ""), bind.get("jr:preloadParams", "")))
            ),
            default_expression=xform.first_values.get(question.path, "").strip(),
        )

    def _with_choices(self, question: Question, items: str) -> Question:
        if not items:
            return question
        found = _ITEMS.fullmatch(items.strip())
        if found is None or found[1] not in self._xform.choices:
            source = self._xform.external.get(found[1], found[1]) if found else items
            self._wrong(problem("unsupported_list", source=source), question.path, "type")
            return question
        return replace(question, choice_list=found[1], choice_filter=(found[2] or "").strip())

    def _with_ours(self, question: Question) -> Question:
        reader = Reader(self._bind(question.path), self._xform.attributes)
        ours = reader.read(question.type, question.name)
        for found in reader.problems:
            self._wrong(found, question.path, found.column)
        is_core = question.name in CORE.get(self._kind, {})
        return replace(
            question,
            type=QuestionType.REFERENCE if ours.reference else question.type,
            policy=ours.policy,
            privacy=ours.privacy,
            unit=ours.unit,
            purpose=ours.purpose,
            basis=ours.basis,
            retention=ours.retention,
            order=ours.order,
            reference=ours.reference,
            check=ours.check,
            item=ours.item,
            core=ours.core or is_core,
            mandatory=ours.mandatory,
            on=ours.on,
            allow_declined=ours.allow_declined,
            allow_not_known=ours.allow_not_known,
        )

    def _bind(self, path: str) -> Attributes:
        return self._xform.binds.get(path, {})

    def _control(self, path: str) -> Control:
        return self._xform.controls.get(path, _EMPTY)

    def _wrong(self, found: FormProblem, path: str, column: str) -> None:
        sheet = "survey" if path else "settings"
        row = self._rows.get(path) if path else None
        self.problems.append(replace(found, sheet=sheet, row=row, column=column))


def _unique_names(instance: Element) -> dict[str, str]:
    """A name for each question, by path: its own, or the path where others have the same."""
    leaves = list(_leaves(instance, "/data"))
    own = [path.rpartition("/")[2] for path in leaves]
    return {
        path: name if own.count(name) == 1 else path.removeprefix("/data/")
        for path, name in zip(leaves, own, strict=True)
    }


def _leaves(parent: Element, path: str) -> Iterator[str]:
    seen: set[str] = set()
    for element in parent:
        here = f"{path}/{local_name(element)}"
        if here in seen or here == f"/data/{_META}":
            continue
        seen.add(here)
        if len(element):
            yield from _leaves(element, here)
        else:
            yield here


def _title(xform: XForm) -> Words:
    """The settings sheet has one title; ours may give one in each language."""
    named = {
        language: xform.attributes[f"{PREFIX}:title_{language}"]
        for language in xform.languages
        if xform.attributes.get(f"{PREFIX}:title_{language}")
    }
    return named or {xform.languages[0] if xform.languages else UNTRANSLATED: xform.title}


def _with_words(question: Question, control: Control) -> Question:
    attributes = control.attributes
    return replace(
        question,
        label=control.label,
        hint=control.hint,
        guidance=control.guidance,
        appearance=attributes.get("appearance", ""),
        parameters={
            name: attributes[name] for name in ("start", "end", "step") if name in attributes
        },
    )


def _unless_false(expression: str) -> str:
    plain = expression.strip()
    return "" if plain == "false()" else plain
