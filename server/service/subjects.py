"""The subjects of a service card, in the order in which they are printed.

They are those that a community's card commonly lists: civil affairs, the federations, insurance,
retirement, city management, health, gas and fire. A town fills in the numbers; none is invented.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from shared.wire import Words


class Subject(StrEnum):
    """What somebody may need help with."""

    EMERGENCY = "emergency"
    GRID = "grid"
    STATION = "station"
    CIVIL_AFFAIRS = "civil_affairs"
    DISABLED_FEDERATION = "disabled_federation"
    WOMENS_FEDERATION = "womens_federation"
    FAMILY_HEALTH = "family_health"
    LABOUR = "labour"
    MEDICAL_INSURANCE = "medical_insurance"
    PENSION = "pension"
    RETIREMENT = "retirement"
    LEGAL_AID = "legal_aid"
    MEDIATION = "mediation"
    CITY_MANAGEMENT = "city_management"
    HEALTH = "health"
    WATER = "water"
    POWER = "power"
    GAS = "gas"
    PROPERTY = "property"
    OTHER = "other"


SUBJECT_WORDS: Mapping[Subject, Words] = MappingProxyType(
    {
        Subject.EMERGENCY: Words("紧急求助", "Emergencies"),
        Subject.GRID: Words("网格员", "Grid worker"),
        Subject.STATION: Words("服务站", "Service station"),
        Subject.CIVIL_AFFAIRS: Words("民政救助", "Civil affairs"),
        Subject.DISABLED_FEDERATION: Words("残联", "Disabled persons"),
        Subject.WOMENS_FEDERATION: Words("妇联", "Women"),
        Subject.FAMILY_HEALTH: Words("生育服务", "Family health"),
        Subject.LABOUR: Words("劳动就业", "Work and labour"),
        Subject.MEDICAL_INSURANCE: Words("医疗保险", "Medical insurance"),
        Subject.PENSION: Words("养老保险", "Pension insurance"),
        Subject.RETIREMENT: Words("退休管理", "Retirement"),
        Subject.LEGAL_AID: Words("法律援助", "Legal aid"),
        Subject.MEDIATION: Words("人民调解", "Mediation"),
        Subject.CITY_MANAGEMENT: Words("城管", "City management"),
        Subject.HEALTH: Words("卫生服务", "Health centre"),
        Subject.WATER: Words("供水报修", "Water"),
        Subject.POWER: Words("供电报修", "Power"),
        Subject.GAS: Words("燃气报修", "Gas"),
        Subject.PROPERTY: Words("物业", "Property management"),
        Subject.OTHER: Words("其他", "Other"),
    }
)

NATIONAL: tuple[tuple[Subject, Words, str], ...] = (
    (Subject.EMERGENCY, Words("报警", "Police"), "110"),
    (Subject.EMERGENCY, Words("火警", "Fire"), "119"),
    (Subject.EMERGENCY, Words("急救", "Ambulance"), "120"),
    (Subject.OTHER, Words("政务服务便民热线", "Government service hotline"), "12345"),
)
"""Numbers that are the same in the whole country; offered when a town's directory is empty."""
