"""What differs between two versions of a form, question by question."""

from msgspec import Struct

from shared.forms.model import Form, Question

COMPARED = (
    "type", "label", "hint", "relevant", "required", "constraint", "calculation", "choice_filter",
    "readonly", "policy", "privacy", "purpose", "basis", "retention", "mandatory", "on",
    "allow_declined", "allow_not_known", "default", "appearance", "unit",
)  # fmt: skip


class Changed(Struct, frozen=True):
    """A question that both versions have, and what of it differs."""

    name: str
    parts: tuple[str, ...]


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
    compared = [Changed(name, _parts(before, after, old[name], new[name])) for name in both]
    return Difference(
        added=tuple(name for name in new if name not in old),
        removed=tuple(name for name in old if name not in new),
        changed=tuple(one for one in compared if one.parts),
    )


def _parts(before: Form, after: Form, old: Question, new: Question) -> tuple[str, ...]:
    parts = [part for part in COMPARED if getattr(old, part) != getattr(new, part)]
    choices = before.choices.get(old.choice_list, ()), after.choices.get(new.choice_list, ())
    return (*parts, *(["choices"] if choices[0] != choices[1] else []))
