"""The filled-in form as a tree of elements: what the expressions of a form walk on."""

from collections.abc import Iterator


class Element:
    """A question, group or repeat instance, or an entry of a table; `text` is its value."""

    __slots__ = ("children", "name", "parent", "text")

    def __init__(self, name: str, parent: "Element | None" = None, text: str = "") -> None:
        self.name = name
        self.parent = parent
        self.text = text
        self.children: dict[str, list[Element]] = {}
        if parent is not None:
            parent.children.setdefault(name, []).append(self)

    @property
    def value(self) -> str:
        """Its text; that of a group is all the texts below, one after the other."""
        if not self.children:
            return self.text
        return "".join(child.value for child in self.everything())

    def named(self, name: str) -> list["Element"]:
        """The children of that name, or all of them for "*"."""
        if name == "*":
            return list(self.everything())
        return self.children.get(name, [])

    def everything(self) -> Iterator["Element"]:
        """All children."""
        for siblings in self.children.values():
            yield from siblings


def element_at(root: Element, path: str) -> Element:
    """The element at "/data/a/b" below the document `root`, made with its parents if missing."""
    at = root
    for name in path.strip("/").split("/"):
        found = at.children.get(name)
        at = found[0] if found else Element(name, at)
    return at
