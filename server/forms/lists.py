"""Where a question's choices and looked-up tables come from: the form, a file, or its answers."""

import re
from collections.abc import Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from server.forms.problems import FormProblem, FormRefusedError, problem
from server.forms.tables import CODES, Table, TableError, code_rows, read_table
from server.forms.xform import Control, XForm
from shared.forms.model import Choice, Question
from shared.forms.register_lists import COLUMNS

LAST_SAVED = "__last-saved"
"""The answers of the record that was saved before; phones do not keep them for another one."""
_SHUFFLED = re.compile(r"randomize\((.*?)(?:,([^,\]]*))?\)", re.DOTALL)
_ITEMS = re.compile(r"instance\('([^']+)'\)/root/item(?:\[(.*)\])?", re.DOTALL)
_LOOKED_UP = re.compile(r"(?:pulldata|instance)\(\s*'([^']+)'")


class _Source(Struct, frozen=True):
    nodes: str
    shuffle: bool = False
    seed: str = ""


class Lists:
    """The choice lists and tables of one form."""

    def __init__(self, xform: XForm, files: Mapping[str, bytes]) -> None:
        self._xform = xform
        self._files = files
        self._tables: dict[str, Table] = {}
        self._from_files: dict[str, tuple[Choice, ...]] = {}

    def all(self) -> dict[str, tuple[Choice, ...]]:
        """Every list, by name: those of the choices sheet, and those from files."""
        return self._xform.choices | self._from_files

    def of(self, question: Question, control: Control) -> Question:
        """The question with its choices. Raises FormRefusedError."""
        if not control.items:
            return question
        source = _source(control.items.strip())
        found = _ITEMS.fullmatch(source.nodes)
        question = replace(question, shuffle=source.shuffle, shuffle_seed=source.seed)
        if found is None and source.nodes.startswith(("/", "current()", "..")):
            value, label = control.item_value, control.item_label
            return replace(
                question, choice_nodes=source.nodes, choice_value=value, choice_label=label
            )
        if found is None:
            raise FormRefusedError([problem("unsupported_list", source=source.nodes)])
        name = found[1]
        if name in COLUMNS:
            _check_columns(name, control)
        elif name not in self._xform.choices:
            name = self._loaded(name, control.item_value, control.item_label)
        return replace(question, choice_list=name, choice_filter=(found[2] or "").strip())

    def looked_up(self, question: Question) -> Iterator[FormProblem]:
        """Loads the tables that the question's rules look things up in; what is wrong there."""
        rules = (
            question.calculation, question.triggered, question.relevant, question.constraint,
            question.required, question.readonly, question.default_expression,
            question.choice_filter, *question.label.values(), *question.hint.values(),
        )  # fmt: skip
        names = {name for rule in rules for name in _LOOKED_UP.findall(rule)}
        if LAST_SAVED in names:
            yield problem("last_saved")
        for name in sorted(names - self.all().keys() - {LAST_SAVED} - COLUMNS.keys()):
            try:
                self._from_files[name] = self._table(name).choices("name", "label")
            except FormRefusedError as refused:
                yield from refused.problems

    def _loaded(self, name: str, value: str, label: str) -> str:
        """Loads a file's rows as choices; the name of the list, for each pair of columns one."""
        table = self._table(name)
        for column in (value, label):
            if not any(one.partition("::")[0] == column for one in table.columns):
                wrong = problem("missing_table_column", name=self._file(name), column=column)
                raise FormRefusedError([wrong])
        choices = table.choices(value, label)
        if (value, label) != ("name", "label"):
            name = f"{name} {value} {label}"
        self._from_files[name] = choices
        return name

    def _table(self, name: str) -> Table:
        if name not in self._tables:
            self._tables[name] = self._read(name)
        return self._tables[name]

    def _read(self, name: str) -> Table:
        if name.startswith(CODES):
            try:
                return code_rows(name.removeprefix(CODES))
            except LookupError as error:
                wrong = problem("unknown_table", name=name.removeprefix(CODES))
                raise FormRefusedError([wrong]) from error
        file = self._file(name)
        if not file.lower().endswith(".csv"):
            raise FormRefusedError([problem("unsupported_file", name=file)])
        if file not in self._files:
            raise FormRefusedError([problem("missing_file", name=file)])
        try:
            return read_table(self._files[file])
        except TableError as error:
            found = problem("bad_file", name=file, why="{why}")
            words = {
                one: text.replace("{why}", error.words[one]) for one, text in found.words.items()
            }
            raise FormRefusedError([replace(found, words=words)]) from error

    def _file(self, name: str) -> str:
        return self._xform.external.get(name, f"{name}.csv").rpartition("/")[2]


def _check_columns(name: str, control: Control) -> None:
    """A list of the register offers its own columns only: `name` is kept, `label` is shown."""
    for column, wanted in ((control.item_value, "name"), (control.item_label, "label")):
        if column != wanted:
            raise FormRefusedError([problem("missing_table_column", name=name, column=column)])


def _source(nodes: str) -> _Source:
    found = _SHUFFLED.fullmatch(nodes)
    return (
        _Source(nodes)
        if found is None
        else _Source(found[1].strip(), True, (found[2] or "").strip())
    )
