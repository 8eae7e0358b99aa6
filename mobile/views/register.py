"""Registering a household with its residents: one screen, one save, one look at likely twins."""

import asyncio

import flet as ft

from mobile.store.values import Draft
from mobile.views.context import current_tab
from mobile.views.form.reach import Reach, use_reach
from mobile.views.form.sheet_view import duplicate_line, sheet_questions
from mobile.views.guarded import guarded, guarded_view
from mobile.views.hooks import off_loop, use_live
from mobile.views.parts.buttons import AsyncAct, Weight, button, icon_button
from mobile.views.parts.confirm import use_confirm
from mobile.views.parts.frame import go, scrolled, stack, step_screen
from mobile.views.parts.owed import owed_line
from mobile.views.parts.panels import empty, line, section
from mobile.views.parts.type import headline, muted
from mobile.views.state.register import RegisterState
from mobile.views.state.sheet import open_sheet
from mobile.views.theme import LARGE

LIST = "/households"


@guarded_view
def register_screen() -> ft.View:
    """The household that is being registered."""
    tab = current_tab()
    group = ft.use_route_params().get("group", "")
    route = f"{LIST}/register/{group}"
    sheet = ft.use_memo(lambda: open_sheet(tab, group), [group, tab.language])
    state = ft.use_memo(lambda: RegisterState(tab, sheet) if sheet else None, [id(sheet)])
    ask = use_confirm()
    ref, reach = use_reach()
    if sheet is None or state is None:
        body = empty(
            ft.Icons.DESCRIPTION_OUTLINED,
            tab.texts("form.not_there"),
            tab.texts("form.not_there_hint"),
            button("form-back", tab.texts("back"), lambda: go(LIST)),
        )
        return step_screen(route, body, title=tab.texts("register.title"), back=LIST)
    sheet.new_dwelling = _opens(state, route, "dwelling")

    def drop() -> None:
        ask(tab.texts("form.drop_title"), tab.texts("register.drop_text"), _dropped(state))

    return step_screen(
        route,
        register_body(state, route, ref),
        title=tab.texts("register.title"),
        back=LIST,
        actions=[icon_button("drop", tab.texts("form.drop"), ft.Icons.DELETE_OUTLINE, drop)],
        foot=[register_foot(state, reach)],
    )


@guarded
def register_body(state: RegisterState, route: str, ref: ft.Ref[ft.ListView]) -> ft.Control:
    """The household's form and its residents; or the households that it looks like."""
    use_live(state)
    if state.asks:
        return scrolled(_twins(state))
    return scrolled(
        [
            sheet_questions(state.sheet),
            *_dwelling(state, route),
            _members(state, route),
        ],
        ref=ref,
    )


@guarded
def register_foot(state: RegisterState, reach: Reach) -> ft.Control:
    """Save; or, asked about twins, keep it as a new one."""
    use_live(state)
    tab = current_tab()

    async def save() -> None:
        if not await asyncio.to_thread(state.ready):
            await reach(state.sheet)
        elif state.duplicates and not state.asks:
            state.ask(True)
        elif await asyncio.to_thread(state.save):
            tab.say(tab.texts("register.saved"))
            go(f"{LIST}/{state.sheet.draft.record}")

    if state.asks:
        return _keep(state, save)
    number = len(state.members)
    words = tab.texts("register.save_with", n=number) if number else tab.texts("form.save")
    parts = [
        owed_line(state.sheet),
        button("save", words, save, weight=Weight.MAIN, icon=ft.Icons.CHECK),
    ]
    if tab.house.preferences.text_scale >= LARGE:
        return ft.Container(stack(parts), expand=True)
    return ft.Row(parts, expand=True)


def _keep(state: RegisterState, save: AsyncAct) -> ft.Control:
    texts = current_tab().texts
    keep = button(
        "keep-new",
        texts("duplicates.keep"),
        save,
        weight=Weight.MAIN,
        icon=ft.Icons.ADD_HOME_OUTLINED,
        expand=True,
    )
    back = button("twins-back", texts("back"), lambda: state.ask(False), weight=Weight.QUIET)
    return ft.Row([back, keep], expand=True)


def _twins(state: RegisterState) -> list[ft.Control]:
    texts = current_tab().texts
    return [
        headline(texts("duplicates.title", n=len(state.duplicates))),
        muted(texts("duplicates.text")),
        *[duplicate_line(one) for one in state.duplicates],
    ]


def _dwelling(state: RegisterState, route: str) -> list[ft.Control]:
    texts = current_tab().texts
    lines = [_part(state, draft, route) for draft in state.dwellings]
    return [section(texts("register.dwelling"), lines)] if lines else []


def _members(state: RegisterState, route: str) -> ft.Control:
    texts = current_tab().texts
    lines = [_part(state, draft, route) for draft in state.members]
    add = button(
        "add-member",
        texts("household.add_member"),
        _opens(state, route, "resident"),
        icon=ft.Icons.PERSON_ADD_ALT_OUTLINED,
    )
    hint = [] if lines else [muted(texts("register.members_hint"))]
    return section(texts("household.members"), [*hint, *lines, add])


def _part(state: RegisterState, draft: Draft, route: str) -> ft.Control:
    texts = current_tab().texts
    owed = state.owed(draft)
    under = texts("register.owes", n=owed) if owed else texts("register.complete")
    remove = icon_button(
        f"remove-{draft.id}",
        texts("register.remove"),
        ft.Icons.CLOSE,
        off_loop(state.drop_part, draft),
    )
    is_member = draft.kind == "resident"
    return line(
        f"part-{draft.id}",
        state.label(draft) or texts(f"kinds.{draft.kind}"),
        under=under,
        icon=ft.Icons.PERSON_OUTLINE if is_member else ft.Icons.DOOR_FRONT_DOOR_OUTLINED,
        on_click=lambda: go(f"{route}/form/{draft.id}"),
        trailing=remove,
    )


def _opens(state: RegisterState, route: str, kind: str) -> AsyncAct:
    begin = state.begin_dwelling if kind == "dwelling" else state.begin_member

    async def opens() -> None:
        draft = await asyncio.to_thread(begin)
        go(f"{route}/form/{draft.id}")

    return opens


def _dropped(state: RegisterState) -> AsyncAct:
    async def drop() -> None:
        await asyncio.to_thread(state.drop)
        go(LIST)

    return drop
