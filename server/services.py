"""What one server process is made of; whoever wires a program opens it once and passes it on."""

from dataclasses import dataclass

from sqlalchemy import Engine

from server.clock import Clock, now_ms
from server.db.engine import open_engine
from server.forms.stage import Stages
from server.keys import Keys
from server.register.forgetting import Keeping
from server.register.register import Register
from server.settings import Settings


@dataclass(frozen=True)
class Services:
    """The parts that stay the same while the process runs."""

    settings: Settings
    keys: Keys
    engine: Engine
    register: Register
    clock: Clock
    stages: Stages
    """Forms that are shown by the app; nothing runs before one is asked for."""


def keeping(settings: Settings) -> Keeping:
    """For how long what left the grids is kept, as it is set."""
    return Keeping(settings.keep_days, settings.silent_days)


def open_services(settings: Settings, clock: Clock = now_ms) -> Services:
    """Opens the keys and the database. Raises KeysBroken or DatabaseUnknown."""
    keys = Keys.load_or_create(settings.home)
    engine = open_engine(settings.database)
    register = Register(engine, keys, clock)
    return Services(settings, keys, engine, register, clock, Stages(keys))
