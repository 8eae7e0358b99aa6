"""Forms that a test writes down as a table, and compiles."""

from server.forms.compiler import CompiledForm, compile_form


def compiled(document: str, kind: str = "household") -> CompiledForm:
    return compile_form(document.encode(), ".md", kind)


def survey(*rows: str, head: str = "type | name | label", more: str = "") -> str:
    lines = "".join(f"| | {row} |\n" for row in (head, *rows))
    return f"| survey |\n{lines}{more}"
