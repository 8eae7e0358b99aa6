"""The filled-in form as a tree of elements: what the expressions of a form walk on."""

from collections.abc import Iterator


class Element:
    """A question, group or repeat instance, or an entry of a table; `text` is its value."""

    __slots__ = ("children", "name", "parent", "relevant", "text")

    def __init__(self, name: str, parent: "Element | None" = None, text: str = "") -> None:
        self.name = name
        self.parent = parent
        self.text = text
        self.relevant = True
        """Paths lead to what is relevant only."""
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
        return [child for child in self.children.get(name, ()) if child.relevant]

    def everything(self) -> Iterator["Element"]:
        """All children that are relevant."""
        for siblings in self.children.values():
            yield from (child for child in siblings if child.relevant)

    @property
    def path(self) -> str:
        """Its place in the form, "/data/..."; the same for every instance of a repeat."""
        return "" if self.parent is None else f"{self.parent.path}/{self.name}"


def ghost(name: str, parent: Element) -> Element:
    """An element that stands below `parent` without being found there: a repeat as such."""
    element = Element(name)
    element.parent = parent
    return element


def element_at(root: Element, path: str) -> Element:
    """The element at the path "a/b" below `root`, made with its parents if missing."""
    at = root
    for name in path.strip("/").split("/"):
        found = at.children.get(name)
        at = found[0] if found else Element(name, at)
    return at
