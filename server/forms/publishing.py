"""From an uploaded file to the form that every phone asks: compiled, looked at, published."""

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from hashlib import sha256
from pathlib import PurePath

from msgspec import Struct
from msgspec.structs import replace

from server.errors import ServerError
from server.forms.comparison import Difference, difference
from server.forms.compiler import NO_FILES, compile_form
from server.forms.impact import Impact, impact, unfinished
from server.forms.linter import publishing_problems
from server.forms.problems import FormProblem, FormRefusedError, problem
from server.register.published import FormTaken, Source
from server.register.register import Register
from shared.forms.model import Form
from shared.wire import Words

VERSION_CHARS = 8
"""Of a version that is named after the form's content, where its author named none."""
CHINA = timezone(timedelta(hours=8))


class NothingBefore(ServerError):
    """A kind has no earlier version to go back to."""

    def __init__(self) -> None:
        words = Words("没有更早的版本可以恢复。", "There is no earlier version to go back to.")
        super().__init__("nothing_before", words)


class FormGone(ServerError):
    """Somebody dropped the version meanwhile."""

    def __init__(self) -> None:
        super().__init__("form_gone", Words("这个版本不在了。", "This version is gone."))


class Uploaded(Struct, frozen=True):
    """A form that can be used, and what its author should know of it."""

    form: Form
    problems: tuple[FormProblem, ...]


class Preview(Struct, frozen=True):
    """What publishing a version would change."""

    form: Form
    against: Form | None
    """What it is compared with: the current version, or the one that was asked for."""
    changes: Difference | None
    """From that one; None while the kind has no other."""
    impact: Impact


class Publishing:
    """The forms of a register."""

    def __init__(self, register: Register) -> None:
        self._register = register

    def upload(
        self, town: str, source: Source, kind: str = "", files: Mapping[str, bytes] = NO_FILES
    ) -> Uploaded:
        """Compile a file and keep it unpublished. Raises FormRefusedError or FormTaken."""
        form, found = compiled(source, kind, files)
        self._register.versions.keep(town, form, source)
        return Uploaded(form, found)

    def preview(
        self, town: str, kind: str, version: str, now: int, *, against: str = ""
    ) -> Preview:
        """The dry run of a version against every record and known draft. Raises FormGone.

        `against`: the version to compare it with, if not the current one.
        """
        form = self._form(town, kind, version)
        current = self._register.forms(town).get(kind)
        other = self._form(town, kind, against) if against else current
        versions = self._register.versions
        at = datetime.fromtimestamp(now / 1000, CHINA)
        found = impact(current, form, versions.records(town, kind), at)
        return Preview(
            form=form,
            against=other,
            changes=None if other is None else difference(other, form),
            impact=replace(found, unfinished=unfinished(form, versions.begun(town, kind))),
        )

    def publish(self, town: str, kind: str, version: str) -> None:
        """Have every phone ask this version from its next sync on. Raises FormGone, FormTaken."""
        self._register.publish_form(town, self._form(town, kind, version))

    def withdraw(self, town: str, kind: str) -> Form:
        """Go back to the version before the current one. Raises NothingBefore."""
        form = self._register.versions.before(town, kind)
        if form is None:
            raise NothingBefore
        self._register.publish_form(town, form)
        return form

    def _form(self, town: str, kind: str, version: str) -> Form:
        form = self._register.versions.form(town, kind, version)
        if form is None:
            raise FormGone
        return form


def compiled(
    source: Source, kind: str = "", files: Mapping[str, bytes] = NO_FILES
) -> tuple[Form, tuple[FormProblem, ...]]:
    """The form of a file, and all warnings. Raises FormRefusedError with all that is wrong."""
    named = PurePath(source.name)
    suffix = named.suffix.lower()
    made = compile_form(source.document, suffix, kind, files, called=named.stem)
    form, found = made.form, (*made.warnings, *publishing_problems(made))
    if not form.version:
        form = replace(form, version=sha256(source.document).hexdigest()[:VERSION_CHARS])
        found = (*found, problem("no_version", version=form.version))
    if any(one.fatal for one in found):
        raise FormRefusedError(found)
    return form, found


__all__ = [
    "FormGone", "FormTaken", "NothingBefore", "Preview", "Publishing", "Uploaded", "compiled",
]  # fmt: skip
