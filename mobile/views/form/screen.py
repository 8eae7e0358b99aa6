"""A screen with one form: saved by itself, or kept for the visit or household it belongs to."""

import asyncio

import flet as ft

from mobile.views.context import current_tab
from mobile.views.form.reach import Reach, use_reach
from mobile.views.form.sheet_view import sheet_questions
from mobile.views.guarded import guarded_view
from mobile.views.parts.buttons import AsyncAct, Weight, button, icon_button
from mobile.views.parts.confirm import use_confirm
from mobile.views.parts.frame import go, scrolled, step_screen
from mobile.views.parts.owed import owed_line
from mobile.views.parts.panels import empty
from mobile.views.state.own import NEW, OwnTable
from mobile.views.state.sheet import Sheet, open_sheet

HOUSEHOLD = frozenset({"household"})
"""A resident's household stands in the title already."""


@guarded_view
def form_screen() -> ft.View:
    """A form of a household or resident that is saved by itself."""
    household = ft.use_route_params().get("household", "")
    return _use_form(f"/households/{household}", together=False)


@guarded_view
def own_form_screen() -> ft.View:
    """A form of a table of the town's own making; an address may begin a record of it."""
    kind = ft.use_route_params().get("kind", "")
    return _use_form(f"/own/{kind}", together=False, begins=kind)


@guarded_view
def visit_part_screen() -> ft.View:
    """A form that is changed during a visit and saved with it."""
    params = ft.use_route_params()
    return _use_form(
        f"/households/{params.get('household')}/visit/{params.get('draft')}", together=True
    )


@guarded_view
def register_part_screen() -> ft.View:
    """A resident or dwelling of a household that is being registered."""
    group = ft.use_route_params().get("group", "")
    return _use_form(f"/households/register/{group}", together=True)


def dropped(sheet: Sheet, back: str) -> AsyncAct:
    """Forgets the form and goes back."""

    async def drop() -> None:
        await asyncio.to_thread(sheet.drop)
        go(back)

    return drop


def not_there(back: str) -> ft.Control:
    """Says that there is no such form any more."""
    texts = current_tab().texts
    return empty(
        ft.Icons.DESCRIPTION_OUTLINED,
        texts("form.not_there"),
        texts("form.not_there_hint"),
        button("form-back", texts("back"), lambda: go(back)),
    )


def _use_form(back: str, *, together: bool, begins: str = "") -> ft.View:
    tab = current_tab()
    params = ft.use_route_params()
    named = params.get("part") or params.get("draft", "")
    begun = begins if named == NEW and tab.store.form(begins) else ""
    draft = ft.use_memo(lambda: OwnTable(tab, begun).begin().id if begun else named, [named, begun])
    sheet = ft.use_memo(lambda: open_sheet(tab, draft), [draft, tab.language])
    ask = use_confirm()
    ref, reach = use_reach()
    route = f"{back}/form/{draft}"
    if sheet is None:
        return step_screen(route, not_there(back), title=tab.texts("form.title"), back=back)

    def drop() -> None:
        ask(tab.texts("form.drop_title"), tab.texts("form.drop_text"), dropped(sheet, back))

    return step_screen(
        route,
        scrolled([sheet_questions(sheet, HOUSEHOLD)], ref=ref),
        title=_title(sheet),
        back=back,
        actions=[icon_button("drop", tab.texts("form.drop"), ft.Icons.DELETE_OUTLINE, drop)],
        foot=[owed_line(sheet), (_done if together else _save)(sheet, back, reach)],
    )


def _title(sheet: Sheet) -> str:
    texts = current_tab().texts
    state = "new" if sheet.draft.new else "edit"
    return (
        texts(f"form.{state}_{sheet.form.kind}")
        if texts.has(f"form.{state}_{sheet.form.kind}")
        else sheet.form.words(sheet.form.title, texts.language)
    )


def _save(sheet: Sheet, back: str, reach: Reach) -> ft.Control:
    tab = current_tab()

    async def save() -> None:
        if await asyncio.to_thread(sheet.save):
            tab.say(tab.texts("form.saved"))
            go(back)
        else:
            await reach(sheet)

    return button("save", tab.texts("form.save"), save, weight=Weight.MAIN, icon=ft.Icons.CHECK)


def _done(sheet: Sheet, back: str, reach: Reach) -> ft.Control:
    """Keeps the form for the save that it belongs to."""
    texts = current_tab().texts

    async def done() -> None:
        if sheet.owed():
            sheet.show_owed()
            await reach(sheet)
            return
        await asyncio.to_thread(sheet.keep_now)
        go(back)

    return button("done", texts("form.done"), done, weight=Weight.MAIN, icon=ft.Icons.CHECK)
