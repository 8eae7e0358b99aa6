"""The record of processing and the draft of its impact assessment, made anew from the forms.

PIPL articles 55 and 56 ask for both. Nothing in them is typed by hand but what a form states of
each question: its class, purpose, legal basis and retention. What a form leaves open is a gap, and
is named as one.
"""

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from shared.forms.model import SILENT_TYPES, Form, Question
from shared.policies import PrivacyClass

PERSONAL = frozenset({PrivacyClass.PERSONAL, PrivacyClass.SENSITIVE})


class Processed(Struct, frozen=True, kw_only=True):
    """One item that is asked, as the record of processing states it."""

    kind: str
    version: str
    """Of the form."""
    item: str
    label: str
    privacy: str
    purpose: str
    basis: str
    retention: str
    mandatory: bool
    may_decline: bool
    gaps: tuple[str, ...]
    """What a form must say of it and does not: purpose, basis, retention."""


def processed(forms: Mapping[str, Form], language: str) -> list[Processed]:
    """Every item of the town's forms that is switched on and holds an answer."""
    return [
        _processed(form, question, language)
        for _, form in sorted(forms.items())
        for question in form.questions
        if question.stored and question.on and question.type not in SILENT_TYPES
    ]


def gaps(items: Iterable[Processed]) -> Iterator[tuple[str, str, str]]:
    """What is missing: the kind of record, the item, and what its form must say of it."""
    for item in items:
        for gap in item.gaps:
            yield item.kind, item.item, gap


def _processed(form: Form, question: Question, language: str) -> Processed:
    stated = {
        "purpose": form.words(question.purpose, language),
        "basis": question.basis,
        "retention": question.retention,
    }
    personal = question.privacy in PERSONAL
    return Processed(
        kind=form.kind,
        version=form.version,
        item=question.name,
        label=form.words(question.label, language),
        privacy=question.privacy.value,
        purpose=stated["purpose"],
        basis=question.basis,
        retention=question.retention,
        mandatory=question.mandatory,
        may_decline=question.allow_declined,
        gaps=tuple(name for name, said in stated.items() if personal and not said),
    )
