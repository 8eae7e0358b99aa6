"""Lists of the register that a form may choose from and look things up in, as if they were files.

A form names them like a CSV file, `register_members`; nobody uploads one. They hold what the person
who fills the form in may see anyway, and of that what names a record, nothing sensitive.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from shared.forms.model import Choice

DWELLINGS = "register_dwellings"
"""The doors of the grid."""
HOUSEHOLDS = "register_households"
"""The households of the grid."""
MEMBERS = "register_members"
"""Those who live in the household that the form is about."""
DUTY = "register_duty"
"""The households that should be contacted by today."""

COLUMNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        DWELLINGS: ("name", "label", "code", "plate", "building", "room", "status"),
        HOUSEHOLDS: ("name", "label", "dwelling"),
        MEMBERS: ("name", "label", "household", "relation", "sex", "status"),
        DUTY: ("name", "label", "due", "overdue", "category"),
    }
)
"""What each list says of an entry; `name` is the record's id."""

Lists = Mapping[str, Sequence[Choice]]
NO_LISTS: Lists = MappingProxyType({})


class ReadLists(Mapping[str, Sequence[Choice]]):
    """Lists that are read only when a form asks for them."""

    def __init__(self, readers: Mapping[str, Callable[[], Iterable[Choice]]]) -> None:
        self._readers = readers

    def __getitem__(self, name: str) -> Sequence[Choice]:
        return tuple(self._readers[name]())

    def __iter__(self) -> Iterator[str]:
        return iter(self._readers)

    def __len__(self) -> int:
        return len(self._readers)


def entry(name: str, label: str, **columns: str) -> Choice:
    """An entry of a list; a column without a value is left out."""
    return Choice(name, {"default": label}, {key: text for key, text in columns.items() if text})
