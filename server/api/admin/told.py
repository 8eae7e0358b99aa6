"""What the register knows, as the admin API says it."""

from collections.abc import Collection

import msgspec

from server.api.admin.messages import (
    CandidateTold,
    ConflictLine,
    ConflictTold,
    RivalTold,
    Source,
    Step,
)
from server.api.admin.quarantine_messages import QuarantineTold
from server.register.conflicts import ConflictDetail, ConflictSummary, ConflictValue
from server.register.history import JournalEntry
from server.register.waiting_room import Looked
from shared.privacy import mask_name

PEOPLE = frozenset({"household", "resident"})
"""Kinds of records that are named after a person."""


def conflict_line(summary: ConflictSummary, *, names: bool) -> ConflictLine:
    """A conflict in a list. names: whether the reader may see people's names."""
    return ConflictLine(
        id=summary.id,
        record=summary.record,
        record_kind=summary.record_kind,
        title=_title(summary.title, summary.record_kind, names=names),
        unit=summary.unit,
        grid=summary.grid,
        claim=summary.claim,
        open=summary.open,
        opened_at=summary.opened_at,
        opened_seq=summary.opened_seq,
    )


def conflict_told(detail: ConflictDetail, grids: Collection[str], *, names: bool) -> ConflictTold:
    """A conflict with all that stands against each other."""
    return ConflictTold(
        id=detail.id,
        record=detail.record.id,
        record_kind=detail.record_kind,
        title=_title(detail.title, detail.record_kind, names=names),
        unit=detail.unit,
        grid=detail.grid,
        open=detail.open,
        claim=detail.claim,
        opened_at=detail.opened_at,
        base=detail.record.version,
        candidates=[_candidate(value) for value in detail.values],
        rivals=[
            RivalTold(rival.record, rival.grid, rival.first)
            if rival.grid in grids
            else RivalTold("", "", rival.first)
            for rival in detail.rivals
        ],
        decided_by=detail.decided_by_name,
        decided_at=detail.decided_at,
        decision=detail.decision,
    )


def quarantine_told(looked: Looked) -> QuarantineTold:
    """One of them, with what it says."""
    return QuarantineTold(looked.line, msgspec.json.decode(looked.raw), looked.change)


def step(entry: JournalEntry, withheld: Collection[str]) -> Step:
    """A change of a record, without the units that the reader may not see."""
    told = [unit for unit in entry.units if unit.unit not in withheld]
    return Step(
        seq=entry.seq,
        kind=entry.kind.value,
        record=entry.record,
        who=entry.who,
        who_name=entry.who_name,
        on_behalf_of=entry.on_behalf_of,
        device=entry.device,
        claimed=entry.claimed,
        effective=entry.effective,
        received=entry.received,
        base=entry.base,
        visit=entry.visit,
        save=entry.save,
        outcome=entry.outcome,
        corrects=entry.corrects,
        units={each.unit: each.written for each in told},
        before={each.unit: each.before for each in told},
    )


def _candidate(value: ConflictValue) -> CandidateTold:
    return CandidateTold(
        value.value,
        value.shown,
        [
            Source(
                seq=origin.seq,
                who=origin.who,
                who_name=origin.who_name,
                device=origin.device,
                claimed=origin.claimed,
                effective=origin.effective,
                base=origin.base,
                visit=origin.visit,
                old=origin.old,
            )
            for origin in value.origins
        ],
    )


def _title(title: str, kind: str, *, names: bool) -> str:
    return title if names or kind not in PEOPLE else mask_name(title)
