"""What differs between two versions of a form, question by question."""

from collections.abc import Iterator

from msgspec import Struct

from shared.forms.model import Choice, Form, Question, Repeat, walk_repeats

COMPARED = (
    "type", "label", "hint", "guidance", "relevant", "required", "required_message", "constraint",
    "constraint_message", "calculation", "choice_filter", "readonly", "policy", "privacy",
    "purpose", "basis", "retention", "mandatory", "on", "allow_declined", "allow_not_known",
    "default", "default_expression", "appearance", "unit", "picture",
)  # fmt: skip
_OF_REPEATS = ("label", "relevant", "count", "policy")
CHOICES = "choices"


class Part(Struct, frozen=True):
    """One thing about a question that is not as it was; both sides as a person reads them."""

    name: str
    before: str
    after: str


class Changed(Struct, frozen=True):
    """A question or repeat that both versions have, and what of it differs."""

    name: str
    details: tuple[Part, ...]

    @property
    def parts(self) -> tuple[str, ...]:
        """What differs, by name."""
        return tuple(part.name for part in self.details)


class Difference(Struct, frozen=True):
    """What one version has and the other has not."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[Changed, ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)


def difference(before: Form, after: Form) -> Difference:
    """From the one version to the other."""
    old, new = before.by_name, after.by_name
    both = [name for name in new if name in old]
    compared = [
        Changed(name, (*_parts(old[name], new[name]), *_choices(before, after, name)))
        for name in both
    ]
    repeats = {repeat.unit: repeat for repeat in walk_repeats(before.children)}
    compared += [
        Changed(repeat.unit, tuple(_parts(repeats[repeat.unit], repeat)))
        for repeat in walk_repeats(after.children)
        if repeat.unit in repeats
    ]
    return Difference(
        added=tuple(name for name in new if name not in old),
        removed=tuple(name for name in old if name not in new),
        changed=tuple(one for one in compared if one.details),
    )


def _parts(old: Question | Repeat, new: Question | Repeat) -> Iterator[Part]:
    for part in COMPARED if isinstance(new, Question) else _OF_REPEATS:
        before, after = getattr(old, part), getattr(new, part)
        if before != after:
            yield Part(part, _said(before), _said(after))


def _choices(before: Form, after: Form, name: str) -> Iterator[Part]:
    """The choices that one version has and the other has not, or that are called otherwise."""
    old, new = (
        {choice.name: choice for choice in form.choices.get(form.by_name[name].choice_list, ())}
        for form in (before, after)
    )
    if list(old.values()) != list(new.values()):
        yield Part(
            CHOICES,
            _listed(one for code, one in old.items() if new.get(code) != one),
            _listed(one for code, one in new.items() if old.get(code) != one),
        )


def _listed(choices: Iterator[Choice]) -> str:
    return ", ".join(f"{one.name} ({_said(one.label)})" for one in choices)


def _said(value: object) -> str:
    if isinstance(value, dict):
        return " / ".join(str(words) for words in value.values())
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)
