"""One's own account: another password."""

import pytest

from server.office.errors import OfficeRefused
from server.office.passwords import check_password
from tests.server.a_town import PASSWORD
from tests.server.console.world import Desk

NEW = "kettle-moss-91-river"


def test_a_new_password_ends_every_session_and_is_the_only_one_that_opens(desk: Desk) -> None:
    here, elsewhere = desk.signed_in("town"), desk.signed_in("town")

    page = here.post("/console/me/password", old=PASSWORD, new=NEW, again=NEW)

    assert "/login" in page.url
    assert "/login" in elsewhere.get("/console/me").url
    assert "/login" in desk.browser().sign_in("town", PASSWORD).url
    assert "/login" not in desk.browser().sign_in("town", NEW).url


@pytest.mark.parametrize(
    ("old", "new", "again", "said"),
    [
        ("wrong-one-7-here", NEW, NEW, "当前密码不正确"),
        (PASSWORD, NEW, NEW + "x", "不一样"),
        (PASSWORD, PASSWORD, PASSWORD, "不能与旧密码相同"),
        (PASSWORD, "Passw0rd2024", "Passw0rd2024", "太容易被猜到"),
    ],
)
def test_a_password_that_will_not_do_changes_nothing(
    desk: Desk, old: str, new: str, again: str, said: str
) -> None:
    browser = desk.signed_in("town")

    page = browser.post("/console/me/password", old=old, new=new, again=again)

    assert said in page.text
    assert "/login" not in browser.get("/console/me").url
    assert "/login" not in desk.browser().sign_in("town", PASSWORD).url


@pytest.mark.parametrize(
    "password",
    ["abcd123456", "town12345678", "Passw0rd2024", "qwertyuiop12", "1990-01-01-1990", "x" * 129],
)
def test_what_is_easy_to_guess_is_no_password(password: str) -> None:
    with pytest.raises(OfficeRefused):
        check_password(password, "town")


@pytest.mark.parametrize("password", [PASSWORD, NEW, "三只小猪盖了砖房子啊", "vR7#kq!mW2zt"])
def test_what_is_hard_to_guess_is_one(password: str) -> None:
    check_password(password, "town")
