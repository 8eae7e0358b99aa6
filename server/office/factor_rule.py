"""Who must show a second factor in a town: nobody, the admins, or everybody."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from sqlalchemy import Connection, select, update
from sqlmodel import col

from server.db.office_tables import TownRow
from server.office.act import Act
from server.office.audit import Deed
from server.office.roles import ACCOUNT_ROLES, Action, Role


class FactorRule(StrEnum):
    """Whose accounts must have a second factor."""

    NOBODY = "nobody"
    """Who wants to. For a town that is tried out."""
    ADMINS = "admins"
    """Those who manage people, devices and accounts; so it is unless a town says otherwise."""
    EVERYBODY = "everybody"


_MUST: Mapping[FactorRule, frozenset[Role]] = MappingProxyType(
    {
        FactorRule.NOBODY: frozenset(),
        FactorRule.ADMINS: frozenset({Role.TOWN_ADMIN, Role.COMMUNITY_ADMIN}),
        FactorRule.EVERYBODY: frozenset(ACCOUNT_ROLES),
    }
)


_DEEDS: Mapping[FactorRule, Deed] = MappingProxyType(
    {
        FactorRule.NOBODY: Deed.FACTOR_FOR_NOBODY,
        FactorRule.ADMINS: Deed.FACTOR_FOR_ADMINS,
        FactorRule.EVERYBODY: Deed.FACTOR_FOR_EVERYBODY,
    }
)


def factor_rule(conn: Connection, town: str) -> FactorRule:
    """The town's rule."""
    kept = select(col(TownRow.factor_rule)).where(col(TownRow.town_id) == town)
    return FactorRule(conn.execute(kept).scalar_one())


def set_factor_rule(act: Act, rule: FactorRule) -> None:
    """Changes the town's rule; it counts from everybody's next sign-in."""
    act.require(Action.MANAGE_ACCOUNTS)
    act.conn.execute(
        update(TownRow).where(col(TownRow.town_id) == act.who.town).values(factor_rule=rule.value)
    )
    act.note(_DEEDS[rule], act.who.area_id)


def must_have_factor(conn: Connection, town: str, role: Role) -> bool:
    """Whether an account of that role must have a second factor in that town."""
    return asks(factor_rule(conn, town), role)


def asks(rule: FactorRule, role: Role) -> bool:
    """Whether the rule asks a second factor of that role."""
    return role in _MUST[rule]
