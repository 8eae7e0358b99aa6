"""The two buttons for days without a network: out as a file, and a colleague's file in."""

from collections.abc import Mapping

from mobile.views.state.house import House
from tests.mobile.field import PIN, Field, Phone, synced
from tests.mobile.headless import Screen, story
from tests.mobile.kit import create
from tests.mobile.views.worker import open_app, store_of


async def open_sync(phone: Phone) -> Screen:
    phone.device.lock()
    screen = await open_app(House(phone.device, phone.clock), pin=PIN)
    await screen.until(lambda: screen.tab.house.line.report is not None)
    await screen.place(2)
    await screen.shows("sync-now")
    return screen


@story
async def test_unsent_work_is_exported_and_stays_here(field: Field) -> None:
    phone = field.phone()
    screen = await open_sync(phone)
    phone.line.down = True
    store_of(screen).save([create("household", phone.clock.new_id(), head_name="李芳")])
    await screen.sees("新登记住户")
    files: list[Mapping[str, object]] = []

    def save(_name: str, args: Mapping[str, object]) -> str:
        files.append(args)
        return "/somewhere"

    screen.client.answers["save_file"] = save
    screen.session.page.web = True
    await screen.tap("carry-out")

    await screen.sees("已导出")
    await screen.sees("等待上报")
    (file,) = files
    assert str(file["file_name"]).endswith(".doorstep")
    content = file["src_bytes"]
    assert isinstance(content, bytes)
    assert "李芳".encode() not in content
    colleague = field.phone("W2")
    colleague.device.carry_in(content)
    assert synced(colleague).carried == 1


@story
async def test_a_colleagues_file_is_taken_and_named_until_it_is_brought(field: Field) -> None:
    absent, carrier = field.phone("W1"), field.phone("W2")
    absent.store.save([create("household", absent.clock.new_id(), head_name="李芳")])
    content = absent.device.carry_out()
    screen = await open_sync(carrier)
    file = {"id": 1, "name": "work.doorstep", "size": len(content), "bytes": content}
    screen.client.answers["pick_files"] = lambda _name, _args: [file]

    await screen.tap("carry-in")
    await screen.sees("代带的文件：1 份")
    await screen.tap("sync-now")

    await screen.sees("已代同事转交 1 份文件")


@story
async def test_any_other_file_is_refused_in_plain_words(field: Field) -> None:
    screen = await open_sync(field.phone())
    file = {"id": 1, "name": "a.jpg", "size": 3, "bytes": b"abc"}
    screen.client.answers["pick_files"] = lambda _name, _args: [file]

    await screen.tap("carry-in")

    await screen.sees("这不是同事导出的上报文件")
    assert screen.client.crashes == []
