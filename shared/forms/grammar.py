"""The grammar of expressions: XPath 1.0 as elementpath reads it, with our functions' names.

elementpath turns an expression into a tree of tokens; what the tree means is in expressions.py,
because XForms gives numbers, dates and empty answers another meaning than plain XPath does.
"""

from typing import ClassVar

from elementpath import ElementPathError, XPath1Parser, XPathToken
from elementpath.tdop import Parser

from shared.forms.functions import FUNCTIONS

EXPRESSION_CHARS_MAX = 10_000
JAVAROSA = "http://openrosa.org/javarosa"


class ExpressionError(ValueError):
    """An expression that cannot be read; its text says why and where."""


def parse(text: str) -> XPathToken:
    """The expression's tree. Raises ExpressionError."""
    if len(text) > EXPRESSION_CHARS_MAX:
        raise ExpressionError(f"an expression may have {EXPRESSION_CHARS_MAX} characters")
    try:
        return _XFormsParser().parse(text)
    except ElementPathError as error:
        raise ExpressionError(error.message) from error
    except RecursionError as error:
        raise ExpressionError("the expression is nested too deeply") from error


class _XFormsParser(XPath1Parser):
    """XPath 1.0's grammar with exactly the functions of functions.py."""

    DEFAULT_NAMESPACES: ClassVar[dict[str, str]] = {"jr": JAVAROSA}

    # A path may go on from a call: instance('list')/root/item, current()/../name.
    PATH_STEP_LABELS: ClassVar[tuple[str, ...]] = ("axis", "kind test", "function")

    def parse(self, source: str) -> XPathToken:
        """The token tree, without elementpath's own static evaluation."""
        return Parser.parse(self, source)


def _register() -> None:
    table = _XFormsParser.symbol_table
    for symbol in [name for name, token in table.items() if token.label == "function"]:
        del table[symbol]
    for name in FUNCTIONS:
        prefix, _, local = name.rpartition(":")
        _XFormsParser.function(local, prefix=prefix or None, nargs=(0, None))
    _XFormsParser.build()


_register()
