"""What a code of the product's own tables is called, in the language of the request."""

from server.console.words import pick
from shared.codes import code_table
from shared.wire import Words


def code_name(table: str, code: str) -> str:
    """What a code of a table is called; the code itself where the table lacks it."""
    found = next((each for each in code_table(table).codes if each.code == code), None)
    return code if found is None else pick(Words(found.zh, found.en))
