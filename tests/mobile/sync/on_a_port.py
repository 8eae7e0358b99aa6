"""The town's server where a proxy can reach it."""

from contextlib import AbstractContextManager

from tests.mobile.field import Field
from tests.server.listening import listening


def on_a_port(field: Field) -> AbstractContextManager[str]:
    """The town's real server on a free port of this machine."""
    return listening(field.town.services)
