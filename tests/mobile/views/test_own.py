"""A table that a town wrote in Excel is filled in on the phone, without a line of code."""

from mobile.views.state.house import House
from server.forms.publishing import Publishing
from server.register.published import Source
from shared.merge import shown
from tests.mobile.field import PIN, Field, Phone, synced
from tests.mobile.headless import story
from tests.mobile.views.worker import open_app, store_of

SHEET = """
| survey |
| | type | name | label::中文 (zh) | label::English (en) | constraint | required |
| | text | shop | 店名 | Shop | | yes |
| | integer | workers | 人数 | People | . > 0 | |
| | text | gas | 燃气情况 | Gas | | |
| settings |
| | form_title | form_id | version | default_language | instance_name |
| | 店铺检查 | shop_round | 1 | 中文 (zh) | concat(${shop}, '（', ${workers}, '人）') |
"""


def published(field: Field) -> Phone:
    """The phone of a worker, locked; it has synced since the table was published."""
    register, town = field.town.services.register, field.town.who.town
    made = Publishing(register).upload(town, Source(SHEET.encode(), "shops.md")).form
    Publishing(register).publish(town, made.kind, made.version)
    phone = field.phone()
    synced(phone)
    phone.device.lock()
    return phone


@story
async def test_a_town_s_own_table_is_found_filled_in_listed_and_sent(field: Field) -> None:
    phone = published(field)
    screen = await open_app(House(phone.device, phone.clock), pin=PIN)
    await screen.sees("镇里的表")
    await screen.tap("own-shop_round")
    await screen.sees("还没有填过")

    await screen.tap("own-add")
    await screen.type("q-workers", "3")
    await screen.tap("save")
    await screen.sees("请填写这一项")
    await screen.type("q-shop", "兴旺小吃")
    await screen.tap("save")

    await screen.sees("兴旺小吃（3人）")
    (record,) = screen.identifiers("own-record-")
    synced(phone)
    kept = field.record(record.removeprefix("own-record-"))
    assert kept is not None
    rules = field.town.services.register.rules(field.town.who.town, "shop_round")
    assert shown(kept, rules)["shop"] == "兴旺小吃"


@story
async def test_a_half_filled_form_is_gone_on_with_and_a_record_is_opened_again(
    field: Field,
) -> None:
    phone = published(field)
    screen = await open_app(House(phone.device, phone.clock), pin=PIN)
    await screen.tap("own-shop_round")
    await screen.tap("own-add")
    await screen.type("q-shop", "面馆")
    await screen.until(lambda: store_of(screen).drafts() != ())
    await screen.go("/")
    await screen.until(lambda: screen.identifiers("begun-") != [])

    await screen.tap(screen.identifiers("begun-")[0])
    await screen.shows("q-shop")
    assert screen.field("q-shop").value == "面馆"
    await screen.tap("save")
    await screen.until(lambda: screen.identifiers("own-record-") != [])
    await screen.tap(screen.identifiers("own-record-")[0])

    await screen.shows("q-shop")
    assert screen.field("q-shop").value == "面馆"
