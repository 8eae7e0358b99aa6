"""A visit: the outcome in one tap, a note, and what is changed of the household on the way."""

import asyncio

import flet as ft

from mobile.store.cards import ResidentCard
from mobile.store.values import Draft
from mobile.views.context import current_tab
from mobile.views.form.reach import Reach, use_reach
from mobile.views.form.sheet_view import sheet_questions
from mobile.views.guarded import guarded, guarded_view
from mobile.views.hooks import off_loop, use_live, use_watched
from mobile.views.parts.buttons import Act, AsyncAct, Weight, button, icon_button
from mobile.views.parts.chip import chip
from mobile.views.parts.confirm import use_confirm
from mobile.views.parts.frame import go, scrolled, step_screen
from mobile.views.parts.owed import owed_line
from mobile.views.parts.panels import Tone, banner, empty, line, panel, section
from mobile.views.parts.type import label, title
from mobile.views.state.cards import member_words
from mobile.views.state.sheet import open_sheet
from mobile.views.state.visit import VisitState
from mobile.views.state.visiting import against_words

GIVEN = frozenset({"household", "dwelling", "started", "ended", "corrects", "reason"})
"""Answered by the app itself, or above the questions."""
REASONS = ("emergency", "resident_asked", "other")
WARNING = ft.Icons.DO_NOT_DISTURB_ON_OUTLINED


@guarded_view
def visit_screen() -> ft.View:
    """The visit that the address names."""
    tab = current_tab()
    params = ft.use_route_params()
    household, draft = params.get("household", ""), params.get("draft", "")
    back = f"/households/{household}"
    route = f"{back}/visit/{draft}"
    sheet = ft.use_memo(lambda: open_sheet(tab, draft), [draft, tab.language])
    ask = use_confirm()
    ref, reach = use_reach()
    if sheet is None:
        body = empty(
            ft.Icons.DESCRIPTION_OUTLINED,
            tab.texts("form.not_there"),
            tab.texts("form.not_there_hint"),
            button("form-back", tab.texts("back"), lambda: go(back)),
        )
        return step_screen(route, body, title=tab.texts("visit.title"), back=back)
    state = ft.use_memo(lambda: VisitState(tab, sheet), [id(sheet)])

    def drop() -> None:
        ask(tab.texts("form.drop_title"), tab.texts("visit.drop_text"), _dropped(state, back))

    return step_screen(
        route,
        visit_body(state, route, ref),
        title=tab.texts("visit.title"),
        back=back,
        actions=[icon_button("drop", tab.texts("form.drop"), ft.Icons.DELETE_OUTLINE, drop)],
        foot=[owed_line(sheet), _save(state, back, reach)],
    )


@guarded
def visit_body(state: VisitState, route: str, ref: ft.Ref[ft.ListView]) -> ft.Control:
    """The questions, and the forms changed during the visit."""
    use_live(state)
    return scrolled(
        [
            _where(state),
            visit_rules(state),
            sheet_questions(state.sheet, GIVEN),
            _on_the_way(state, route),
        ],
        ref=ref,
    )


@guarded
def visit_rules(state: VisitState) -> ft.Control:
    """What speaks against the visit, the reasons for it, and the one tap for "all unchanged"."""
    use_watched(state)
    for name in ("mode", "outcome", "reason"):
        use_watched(state.sheet.slot(name))
    tab = current_tab()
    unchanged = state.sheet.draft.answers.get("confirmed_unchanged") == "yes"
    confirm = button(
        "confirm-unchanged",
        tab.texts("visit.unchanged"),
        off_loop(state.confirm_unchanged),
        weight=Weight.MAIN if unchanged else Weight.SIDE,
        icon=ft.Icons.DONE_ALL,
    )
    warnings = [banner(against_words(tab, one), icon=WARNING) for one in state.against()]
    return ft.Column(
        [*warnings, *([_reasons(state)] if warnings else []), confirm],
        spacing=8,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _reasons(state: VisitState) -> ft.Control:
    texts = current_tab().texts
    given = state.sheet.draft.answers.get("reason")
    chips: list[ft.Control] = [
        chip(
            f"reason-{reason}",
            texts(f"against.reason_{reason}"),
            off_loop(state.give_reason, reason),
            chosen=given == reason,
        )
        for reason in REASONS
    ]
    return section(texts("against.why"), [ft.Row(chips, wrap=True, spacing=8)])


def _where(state: VisitState) -> ft.Control:
    tab = current_tab()
    card = tab.store.household(state.household)
    place = card.place if card else ""
    words = " · ".join(part for part in (place, card.head_name if card else "") if part)
    return panel(
        [
            ft.Row(
                [
                    ft.Icon(ft.Icons.DOOR_FRONT_DOOR_OUTLINED, color=Tone.CALM.value[1]),
                    ft.Container(title(words, colour=Tone.CALM.value[1]), expand=True),
                ]
            )
        ],
        tone=Tone.CALM,
    )


def _on_the_way(state: VisitState, route: str) -> ft.Control:
    texts = current_tab().texts
    edits = [_edit(state, draft, route) for draft in state.edits]
    own = any(draft.record == state.household for draft in state.edits)
    edit = button(
        "visit-edit",
        texts("visit.edit"),
        _opens(state, route, "household", state.household),
        icon=ft.Icons.EDIT_OUTLINED,
    )
    add = button(
        "visit-member",
        texts("household.add_member"),
        _opens(state, route, "resident", None),
        icon=ft.Icons.PERSON_ADD_ALT_OUTLINED,
    )
    buttons = ft.Row([*([] if own else [edit]), add], wrap=True, spacing=8, run_spacing=8)
    people = [_member(state, member, route) for member in state.members]
    return section(
        texts("visit.on_the_way"),
        [label(texts("visit.on_the_way_hint")), *edits, buttons, *people],
    )


def _member(state: VisitState, member: ResidentCard, route: str) -> ft.Control:
    """The way to a person's form: answers, and what they let be kept of them."""
    return line(
        f"visit-member-{member.id}",
        member.name or current_tab().texts("card.no_name"),
        under=member_words(member, current_tab()),
        icon=ft.Icons.PERSON_OUTLINE,
        on_click=_opens(state, route, "resident", member.id),
    )


def _edit(state: VisitState, draft: Draft, route: str) -> ft.Control:
    texts = current_tab().texts
    heading = texts(f"form.{'new' if draft.new else 'edit'}_{draft.kind}")
    return line(
        f"edit-{draft.kind}",
        heading,
        under=state.changed_words(draft) or texts("visit.nothing_changed"),
        icon=ft.Icons.EDIT_NOTE,
        on_click=lambda: go(f"{route}/form/{draft.id}"),
    )


def _opens(state: VisitState, route: str, kind: str, record: str | None) -> Act:
    async def opens() -> None:
        draft = await asyncio.to_thread(state.begin_edit, kind, record)
        go(f"{route}/form/{draft.id}")

    return opens


def _save(state: VisitState, back: str, reach: Reach) -> ft.Control:
    tab = current_tab()

    async def save() -> None:
        if await asyncio.to_thread(state.save):
            tab.say(tab.texts("visit.saved"))
            go(back)
        else:
            await reach(state.sheet)

    return button("save", tab.texts("visit.save"), save, weight=Weight.MAIN, icon=ft.Icons.CHECK)


def _dropped(state: VisitState, back: str) -> AsyncAct:
    async def drop() -> None:
        await asyncio.to_thread(state.drop)
        go(back)

    return drop
