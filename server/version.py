"""Which version of the server this is."""

from importlib.metadata import version

VERSION = version("doorstep")
