"""Today: my area, what is unsent, what is due, what was begun, what asks for attention."""

import flet as ft

from mobile.store.cards import Counts, HouseholdCard
from mobile.store.values import ConflictView, SentChange
from mobile.views.asked import question_line
from mobile.views.context import current_tab
from mobile.views.guarded import guarded, guarded_view
from mobile.views.hooks import use_live
from mobile.views.light import light_home
from mobile.views.own import own_tables
from mobile.views.parts.begin import begin_register
from mobile.views.parts.buttons import Act, Weight, button
from mobile.views.parts.frame import go, place_screen, scrolled
from mobile.views.parts.panels import empty, line, section
from mobile.views.parts.sync_card import sync_card
from mobile.views.parts.type import display, headline, label, muted
from mobile.views.state.cards import people_words
from mobile.views.state.dates import at_ms, day_words, time_words
from mobile.views.state.drafts import Begun, BegunKind
from mobile.views.state.light import LightState
from mobile.views.state.today import SHOWN_MAX, Day, TodayState
from mobile.views.state.visiting import due_words
from mobile.views.theme import CORNER, GAP
from mobile.views.work.today import work_due
from shared.wire import Area

BEGUN_ICONS = {
    BegunKind.VISIT: ft.Icons.DOOR_FRONT_DOOR_OUTLINED,
    BegunKind.REGISTER: ft.Icons.ADD_HOME_OUTLINED,
    BegunKind.EDIT: ft.Icons.EDIT_OUTLINED,
    BegunKind.MEMBER: ft.Icons.PERSON_ADD_ALT_OUTLINED,
    BegunKind.WORK: ft.Icons.ASSIGNMENT_OUTLINED,
    BegunKind.ASKED: ft.Icons.HELP_OUTLINE,
    BegunKind.OWN: ft.Icons.TABLE_ROWS_OUTLINED,
    BegunKind.LIFE: ft.Icons.FAMILY_RESTROOM,
}


@guarded_view
def today_screen() -> ft.View:
    """The home of the app."""
    tab = current_tab()
    return place_screen("today", today_body(), title=tab.texts("places.today"))


@guarded
def today_body() -> ft.Control:
    """Everything of today in one column."""
    tab = current_tab()
    light = ft.use_memo(lambda: LightState(tab), [])
    use_live(light)
    state = ft.use_memo(lambda: TodayState(tab), [])
    use_live(state)
    if light.light:
        return light_home(light)
    day = state.day
    if day is None:
        return ft.Container()
    return scrolled(
        [
            _greeting(day),
            sync_card(),
            *_office_asks(day),
            *_asks(day),
            *_begun(day),
            work_due(),
            own_tables(),
            *_due(day),
            _numbers(day.counts),
            *_nothing_yet(day),
        ]
    )


def _greeting(day: Day) -> ft.Control:
    tab = current_tab()
    texts, now = tab.texts, tab.now()
    name = tab.account.worker_name if tab.account else ""
    weekday = texts(f"when.weekday_{now.isoweekday()}")
    areas = [_area(area) for area in day.areas]
    return ft.Column(
        [
            headline(texts("today.hello", name=name)),
            muted(
                texts("today.date", day=day_words(now.date(), now.date(), texts), weekday=weekday)
            ),
            ft.Row(
                [
                    ft.Icon(ft.Icons.PLACE_OUTLINED, size=18, color=ft.Colors.PRIMARY),
                    ft.Container(
                        muted(texts("between").join(areas) or texts("today.no_area")), expand=True
                    ),
                ],
                spacing=6,
            ),
        ],
        spacing=4,
        tight=True,
    )


def _area(area: Area) -> str:
    """A grid with what it lies in, unless its own name says that already."""
    around = area.parents[-1] if area.parents else ""
    return area.name if area.name.startswith(around) else f"{around} {area.name}"


def _office_asks(day: Day) -> list[ft.Control]:
    texts = current_tab().texts
    lines = [question_line(one) for one in day.asked[:SHOWN_MAX]]
    return [section(texts("today.office_asks"), lines, beside=str(len(day.asked)))] if lines else []


def _asks(day: Day) -> list[ft.Control]:
    texts = current_tab().texts
    lines = [_conflict(conflict) for conflict in day.conflicts[:SHOWN_MAX]]
    lines += [_refused(change) for change in day.trouble[:SHOWN_MAX]]
    if day.counts.changed_by_others:
        lines.append(
            line(
                "today-changed",
                texts("today.changed", n=day.counts.changed_by_others),
                under=texts("today.changed_hint"),
                icon=ft.Icons.CHANGE_CIRCLE_OUTLINED,
                on_click=lambda: go("/households?narrow=changed_by_others"),
            )
        )
    number = len(day.conflicts) + len(day.trouble)
    return [section(texts("today.asks"), lines, beside=str(number or ""))] if lines else []


def _conflict(conflict: ConflictView) -> ft.Control:
    return line(
        f"conflict-{conflict.record}-{conflict.unit.unit}",
        conflict.label,
        under=current_tab().texts("today.conflict"),
        icon=ft.Icons.COMPARE_ARROWS,
        on_click=_to_household(conflict.household),
    )


def _refused(change: SentChange) -> ft.Control:
    tab = current_tab()
    return line(
        f"refused-{change.place}",
        change.label or tab.texts("sync.unnamed"),
        under=tab.in_words(change.reason) if change.reason else "",
        icon=ft.Icons.ASSIGNMENT_RETURN_OUTLINED,
        on_click=lambda: go("/sync"),
    )


def _begun(day: Day) -> list[ft.Control]:
    texts = current_tab().texts
    lines = [_begun_line(work) for work in day.begun]
    return [section(texts("today.begun"), lines, beside=str(len(lines)))] if lines else []


def _begun_line(work: Begun) -> ft.Control:
    tab = current_tab()
    texts, now = tab.texts, tab.now()
    kind = texts(f"begun.{work.kind.name.lower()}")
    when = time_words(at_ms(work.touched, now.tzinfo), now, texts)
    return line(
        f"begun-{work.drafts[0].id}",
        work.label or texts("begun.unnamed"),
        under=f"{kind} · {when}",
        icon=BEGUN_ICONS[work.kind],
        on_click=lambda: go(work.route),
    )


def _due(day: Day) -> list[ft.Control]:
    texts = current_tab().texts
    lines = [_due_line(card) for card in day.due]
    if day.due_total > len(lines):
        words = texts("due.all", n=day.due_total)
        lines.append(button("due-all", words, lambda: go("/households?narrow=due")))
    words = texts("due.counts", due=day.due_total, overdue=day.overdue_total)
    return [section(texts("today.due"), lines, beside=words)] if lines else []


def _due_line(card: HouseholdCard) -> ft.Control:
    tab = current_tab()
    return line(
        f"due-{card.id}",
        card.place or card.head_name,
        under=f"{due_words(card, tab)} · {people_words(card, tab.texts)}",
        icon=ft.Icons.EVENT_OUTLINED,
        on_click=_to_household(card.id),
    )


def _numbers(counts: Counts) -> ft.Control:
    texts = current_tab().texts
    return ft.Row(
        [
            _number("households", counts.households, texts("today.households"), "/households"),
            _number("residents", counts.residents, texts("today.residents"), "/households"),
            _number(
                "never",
                counts.never_visited,
                texts("today.never_visited"),
                "/households?narrow=never_visited",
            ),
        ],
        spacing=GAP,
    )


def _number(key: str, number: int, words: str, route: str) -> ft.Control:
    return ft.Semantics(
        identifier=f"number-{key}",
        expand=True,
        content=ft.MergeSemantics(
            ft.Container(
                ft.Column([display(str(number)), label(words)], spacing=0, tight=True),
                padding=14,
                border_radius=CORNER,
                bgcolor=ft.Colors.SURFACE_CONTAINER_LOW,
                ink=True,
                on_click=lambda: go(route),
            )
        ),
    )


def _nothing_yet(day: Day) -> list[ft.Control]:
    texts = current_tab().texts
    if day.counts.households:
        return []
    if not day.status.first_sync_complete:
        return [
            empty(ft.Icons.CLOUD_DOWNLOAD_OUTLINED, texts("today.first"), texts("today.first_hint"))
        ]
    return [
        empty(
            ft.Icons.ADD_HOME_OUTLINED,
            texts("today.empty"),
            texts("today.empty_hint"),
            button(
                "today-register",
                texts("register.title"),
                begin_register,
                weight=Weight.SIDE,
                icon=ft.Icons.ADD,
            ),
        )
    ]


def _to_household(household: str | None) -> Act | None:
    return (lambda: go(f"/households/{household}")) if household else None
