"""What workers do on their phones, and what befalls these."""

from typing import TYPE_CHECKING

import httpx

from mobile.store.values import Edit
from shared.changes import DELETED, GRID, Answer, ChangeKind
from tests.simulator import checks, office
from tests.simulator.choices import NAMES, some_answers
from tests.simulator.phone import Copied, OpenForm, SimPhone

if TYPE_CHECKING:
    from tests.simulator.world import World

YEAR_MS = 365 * 24 * 3_600_000


def syncs(world: "World", phone: SimPhone) -> str:
    """A sync, during which something else may happen."""

    def meanwhile(_: httpx.Request) -> None:
        if world.chance.random() < 0.5:
            return
        phone.line.before = phone.line.after = None
        if world.chance.random() < 0.4:
            what, other = office.edits(world), phone.second_client().run()
            checks.cursor_went_on(world, phone)
            world.happened["two syncs at once"] += 1
            world.trace.append(f"{what}; {phone.name} syncs a second time: {other.state}")
        elif what := edits(world, phone):
            world.happened["an edit during a sync"] += 1
            world.trace.append(f"{phone.name} {what}, while it syncs")

    phone.line.before, phone.line.after = world.chance.choices(
        [(None, None), (meanwhile, None), (None, meanwhile)], [8, 1, 2]
    )[0]
    report = phone.sync()
    phone.line.before = phone.line.after = None
    if report.state == "done":
        world.unhealed.discard(phone.name)
    return f"syncs: {report.state}, {report.sent} sent, {report.received} received"


def opens(world: "World", phone: SimPhone) -> str | None:
    """Opens a form, and leaves it open."""
    form = world.some_form(phone)
    if form is None or any(other.record == form.record for other in phone.forms):
        return None
    phone.open_form(form.record, form.kind)
    return f"opens {world.name_of(form.record)}"


def saves_a_form(world: "World", phone: SimPhone) -> str | None:
    """Saves a form that was opened earlier."""
    if not phone.forms:
        return None
    form = phone.forms.pop(world.chance.randrange(len(phone.forms)))
    answers = some_answers(world.chance)
    world.had_seen(form.record, form.base)
    if form.draft is not None and world.chance.random() < 0.3:
        draft = form.draft
        for question, answer in answers.items():
            draft = draft.answered(question, answer)
        phone.store.save_drafts(draft)
    else:
        phone.save([_set(form, answers)])
    return f"saves {world.name_of(form.record)} {answers} as opened at {form.base}"


def edits(world: "World", phone: SimPhone) -> str | None:
    """Opens a form and saves it at once."""
    form = world.some_form(phone)
    if form is None:
        return None
    answers = some_answers(world.chance)
    world.had_seen(form.record, form.base)
    phone.save([_set(form, answers)])
    return f"edits {world.name_of(form.record)} {answers} at {form.base}"


def registers(world: "World", phone: SimPhone) -> str | None:
    """A new household with its first resident, in one save."""
    if not phone.store.areas():
        return None
    record, resident = phone.clock.new_id(), phone.clock.new_id()
    world.households.append(record)
    answers = some_answers(world.chance)
    person: dict[str, Answer] = {"household": record, "name": world.chance.choice(NAMES)}
    phone.save([_create("household", record, answers), _create("resident", resident, person)])
    return f"registers {world.name_of(record)} {answers}"


def visits(world: "World", phone: SimPhone) -> str | None:
    """A visit is written down, once and for all."""
    form = world.some_form(phone)
    if form is None:
        return None
    units: dict[str, Answer] = {"household": form.record, "outcome": "done", "note": "看过了"}
    phone.save([_create("visit", phone.clock.new_id(), units)])
    return f"visits {world.name_of(form.record)}"


def deletes_or_restores(world: "World", phone: SimPhone) -> str | None:
    """Deletes a household, or takes its deletion back."""
    form = world.some_form(phone)
    view = phone.store.record(form.record) if form else None
    if form is None or view is None:
        return None
    kind = ChangeKind.RESTORE if DELETED in view.units else ChangeKind.DELETE
    world.had_seen(form.record, form.base)
    phone.save([Edit(kind=kind, record=form.record, record_kind="household", base=form.base)])
    return f"{kind}s {world.name_of(form.record)}"


def moves(world: "World", phone: SimPhone) -> str | None:
    """A household goes to another grid of the same worker."""
    form = world.some_form(phone)
    view = phone.store.record(form.record) if form else None
    if form is None or view is None:
        return None
    others = sorted(area.id for area in phone.store.areas() if area.id != view.grid)
    if not others:
        return None
    to = world.chance.choice(others)
    world.had_seen(form.record, form.base)
    phone.save(
        [
            Edit(
                kind=ChangeKind.MOVE,
                record=form.record,
                record_kind="household",
                units={GRID: [view.grid, to]},
                base=form.base,
            )
        ]
    )
    return f"moves {world.name_of(form.record)}"


def saves_nonsense(world: "World", phone: SimPhone) -> str | None:
    """Saves a record of a kind that nobody knows."""
    if not phone.store.areas():
        return None
    record = phone.clock.new_id()
    world.refused.add(record)
    phone.save([_create("nonsense", record, {"x": 1})])
    return "saves what nobody understands"


def dies(_: "World", phone: SimPhone) -> str:
    """The app is killed."""
    phone.die()
    return "is killed and started again"


def gets_another_clock(world: "World", phone: SimPhone) -> str:
    """Somebody sets its clock, or it starts anew with a wrong one."""
    phone.clock.wall = world.made.town.clock.at + world.chance.randrange(-3 * YEAR_MS, YEAR_MS)
    if world.chance.random() < 0.5:
        world.forget_when(phone)
        phone.clock.boot_id = f"boot-{world.chance.random()}"
        phone.clock.mono = 1000
    phone.clock_is_known = False
    return "has another clock"


def is_copied(world: "World", phone: SimPhone) -> str | None:
    """Somebody copies the phone's file."""
    # Only where everything is received and covered: see docs/decisions/0042-incarnations.md.
    if phone.forms or any(True for _ in phone.store.shelf.overlaid()):
        return None
    world.hear(phone, {})
    mine = [made.order for made in world.oracle.made if made.author == phone.name]
    phone.back_up()
    phone.copied = Copied(phone.name, max(mine, default=-1), world.server_lives)
    return "is copied"


def goes_on_from_its_copy(world: "World", phone: SimPhone) -> str | None:
    """The phone is lost; a new one goes on from its copy."""
    if phone.copied is None:
        return None
    world.hear(phone, {})
    for made in world.oracle.made:
        made.lost = made.lost or made.author == phone.name
    world.lives += 1
    born = f"{phone.worker}{world.lives}"
    world.oracle.reborn(born, phone.copied.name, phone.copied.last)
    if phone.name in world.unhealed or phone.copied.server_lives < world.server_lives:
        world.unhealed.add(born)
    phone.restore()
    phone.name = born
    return "goes on from its copy"


def _create(kind: str, record: str, units: dict[str, Answer]) -> Edit:
    return Edit(kind=ChangeKind.CREATE, record=record, record_kind=kind, units=units)


def _set(form: OpenForm, answers: dict[str, Answer]) -> Edit:
    return Edit(
        kind=ChangeKind.SET,
        record=form.record,
        record_kind=form.kind,
        grid=form.grid,
        units=answers,
        base=form.base,
        old=form.before,
    )
