"""The instances of a repeat as a record holds them: objects in a list, with lists inside."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

from shared.changes import Answer
from shared.forms.model import ROWS_MAX, Form, Group, Node, Question, Repeat, walk_repeats

Row: TypeAlias = Mapping[str, Answer]
Change: TypeAlias = Callable[[Question, Answer], Answer]
Say: TypeAlias = Callable[[Question, Answer], str]

_SHOWN = re.compile(r"\$\{[^}]*\}")
_EDGES = " :：-–—()（）"


def instances_of(rows: Answer) -> list[Row] | None:
    """The instances; None for what is no list of them."""
    if not isinstance(rows, list | tuple) or len(rows) > ROWS_MAX:
        return None
    instances = [row for row in rows if isinstance(row, Mapping)]
    return instances if len(instances) == len(rows) else None


def direct_questions(nodes: tuple[Node, ...]) -> Iterator[Question]:
    """The questions below `nodes` that are not in a repeat of their own."""
    for node in nodes:
        if isinstance(node, Question):
            yield node
        elif isinstance(node, Group):
            yield from direct_questions(node.children)


def repeat_name(form: Form, repeat: Repeat, language: str) -> str:
    """What the things are called, without the answers that name a single one."""
    words = _SHOWN.sub("", form.words(repeat.label, language))
    return words.strip(_EDGES) or repeat.name


def each_answer(repeat: Repeat, rows: Answer, change: Change) -> Answer:
    """The same instances with every answer changed; names that the form does not know are out."""
    changed = []
    for row in instances_of(rows) or []:
        kept: dict[str, Answer] = {
            asked.name: change(asked, row[asked.name])
            for asked in direct_questions(repeat.children)
            if row.get(asked.name) is not None
        }
        for inner in walk_repeats(repeat.children):
            if row.get(inner.unit) is not None:
                kept[inner.unit] = each_answer(inner, row[inner.unit], change)
        changed.append(kept)
    return changed


def rows_text(form: Form, repeat: Repeat, rows: Answer, *, language: str, said: Say) -> str:
    """The instances in one line: "1) Name: Li Fang, Age: 40 2) ..."."""
    comma = "，" if language == "zh" else ", "
    lines = []
    for place, row in enumerate(instances_of(rows) or [], start=1):
        parts = [
            f"{form.words(asked.label, language) or asked.name}: {said(asked, row[asked.name])}"
            for asked in direct_questions(repeat.children)
            if row.get(asked.name) is not None
        ]
        parts += [
            f"{repeat_name(form, inner, language)}: "
            + rows_text(form, inner, row[inner.unit], language=language, said=said)
            for inner in walk_repeats(repeat.children)
            if row.get(inner.unit) is not None
        ]
        lines.append(f"{place}) {comma.join(parts)}".rstrip())
    return " ".join(lines)
