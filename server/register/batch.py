"""What one transaction is about to write: changes judged and merged in memory, not yet numbered."""

from collections.abc import Callable, Mapping, Sequence

import msgspec
from msgspec import Struct

from server.register.aliases import DEPTH_MAX, ECHO, echo_of, echoing
from server.register.consented import says_word
from server.register.entries import NO_UNITS, Entry, not_as_written, shown_units
from server.register.erased import ERASED, emptied_change
from server.register.intake import Arrived
from server.register.judge import Accepted, Held, Judge, Rejected, Verdict
from server.register.placing import names_others, placed
from server.register.quarantine import HELD, PARTLY, REJECTED, RELEASED, Kept
from server.register.reasons import reason
from server.register.standing import Touched
from server.register.stopped import STOPPED, without_units
from shared import clock
from shared.changes import Change
from shared.clock import Reading
from shared.merge import Outcome, merge
from shared.records import PENDING, Record, Write, final
from shared.wire import Problem, Result


class Reception(Struct, frozen=True):
    """When a push came in, and what its device said of its clocks."""

    received: int
    sent: Reading | None = None
    """None for the console, whose clock is the server's."""
    offsets: Mapping[str, int] = {}

    def effective(self, change: Change) -> int:
        """When the change was really made."""
        if self.sent is None:
            return self.received
        claimed = Reading(change.at, change.boot, change.mono)
        return clock.effective(claimed, self.sent, self.received, self.offsets)


class Settled(Struct, frozen=True):
    """What became of a change that had been held."""

    kept: Kept
    state: str
    problem: Problem | None = None


class Batch:
    """Takes changes one by one; each is merged with what those before it left."""

    def __init__(
        self,
        judge: Judge,
        reception: Reception,
        records: Mapping[str, Record],
        judge_of: Callable[[Kept], Judge],
    ) -> None:
        self.judge = judge
        self.reception = reception
        self.touched = {name: Touched(record) for name, record in records.items()}
        self.entries: list[Entry] = []
        self.kept: list[Kept] = []
        """What goes into quarantine."""
        self.settled: list[Settled] = []
        self._judge_of = judge_of
        self._held: dict[str, list[Kept]] = {}
        self._results: dict[int, Result] = {}

    def expect(self, held: Sequence[Kept]) -> None:
        """Changes that have waited for records which this batch may create."""
        for kept in held:
            self._held.setdefault(kept.record, []).append(kept)

    def take_kept(self, kept: Kept) -> None:
        """Take a change that was not taken when it came, and what has waited for its record."""
        touched = self.touched.setdefault(kept.record, Touched(None))
        is_new = self._now(touched) is None
        waiting = self._held.pop(kept.record, [])
        self._held[kept.record] = [kept]
        self._release(touched, kept.record)
        if is_new and touched.entries:
            self._held[kept.record] = [each for each in waiting if each != kept]
            self._release(touched, kept.record)

    def take(self, arrived: Arrived) -> None:
        """Judge one change, and merge it, hold it or refuse it."""
        if arrived.change is None:
            self._keep(arrived, Rejected(reason("not_understood")))
            return
        change = arrived.change
        touched = self.touched.get(change.record) or Touched(None)
        at = self.reception.effective(change)
        now = self._now(touched)
        verdict = self._verdict(self.judge, change, now, at)
        if not isinstance(verdict, Accepted):
            self._keep(arrived, verdict)
            return
        self.touched[change.record] = touched
        device, received = self.judge.author.device, self.reception.received
        result = self._accept(touched, verdict, _Origin(device, at, received, arrived.digest))
        self._results[arrived.n] = result
        if result.problem is not None:
            self.kept.append(self._kept(arrived, PARTLY, result.problem, result.units))
        if now is None:
            self._release(touched, change.record)

    @property
    def created(self) -> list[str]:
        """The records that were not there before."""
        return [name for name, touched in self.touched.items() if touched.before is None]

    @property
    def waiting(self) -> list[str]:
        """The records that changes of this batch wait for."""
        return [kept.record for kept in self.kept if kept.state == HELD]

    @property
    def waited(self) -> list[Kept]:
        """The changes that had been held until this batch took or refused them."""
        return [each.kept for each in self.settled if each.kept.state == HELD]

    def results(self, first: int) -> dict[int, Result]:
        """The result of each change by its number, given the first of the town's numbers."""
        return {
            n: Result(
                n,
                result.outcome,
                final(result.seq, first),
                result.units,
                result.problem,
                result.into,
            )
            for n, result in self._results.items()
        }

    def _accept(self, touched: Touched, verdict: Accepted, origin: "_Origin") -> Result:
        change = verdict.change
        write = self._write(change, origin)
        rules = self.judge.current[change.record_kind].rules
        record = touched.now(rules)
        merged = None if record is None else merge(record, change, write, rules)
        refused = verdict.refused if merged is None else (*verdict.refused, *merged.refused)
        entry = Entry(
            change=change,
            write=write,
            received=origin.received,
            digest=origin.digest,
            rules=self.judge.current[change.record_kind].form.version,
            outcome=Outcome.APPLIED.value if merged is None else merged.outcome.value,
            named=refused if merged is None else (*merged.contested, *refused),
            grid=change.grid if merged is None else merged.record.grid,
            before=shown_units(record, change, rules),
            after=NO_UNITS if merged is None else not_as_written(change, merged.record, rules),
        )
        if says_word(change):
            by = (origin.device, origin.effective)
            self.judge.stopped[change.record] = self.judge.stopped_with(change, record, by)
        if record is None:
            self.judge.created[change.record] = change
        touched.merged = None if merged is None else merged.record
        touched.entries.append(entry)
        self.entries.append(entry)
        problem = verdict.problem or (
            reason("already_written") if merged and merged.refused else None
        )
        result = Result(change.n, entry.outcome, write.seq, entry.named, problem)
        survivor = touched.merged.alias_of if touched.merged is not None else None
        return result if survivor is None else self._echo(result, change, survivor, origin)

    def _echo(self, result: Result, change: Change, survivor: str, origin: "_Origin") -> Result:
        """What was written to a merged record is written to the surviving one too."""
        echo, touched = echo_of(change, survivor), self.touched.get(survivor)
        if echo is None or touched is None or origin.device.startswith(ECHO * DEPTH_MAX):
            return result
        origin = msgspec.structs.replace(origin, device=echoing(origin.device, change.record))
        told = self._accept(touched, Accepted(echo), origin)
        into = told.into or survivor
        return msgspec.structs.replace(result, outcome=told.outcome, units=told.units, into=into)

    def _verdict(self, judge: Judge, change: Change, now: Record | None, at: int) -> Verdict:
        verdict = judge.verdict(change, now, at)
        if isinstance(verdict, Accepted) and names_others(change, judge.current):
            return placed(judge, verdict, at, self._standing)
        return verdict

    def _standing(self, record: str) -> Record | None:
        touched = self.touched.get(record)
        return None if touched is None else self._now(touched)

    def _now(self, touched: Touched) -> Record | None:
        """The record as the changes so far left it."""
        if not touched.entries:
            return touched.before
        return touched.now(self.judge.current[touched.entries[0].change.record_kind].rules)

    def _write(self, change: Change, origin: "_Origin") -> Write:
        return Write(
            PENDING + len(self.entries),
            origin.device,
            change.n,
            change.base,
            change.worker,
            change.at,
            origin.effective,
            change.visit,
        )

    def _release(self, touched: Touched, record: str) -> None:
        """The record has come: take what waited for it, each device's changes in their order."""
        for kept in sorted(self._held.pop(record, []), key=lambda kept: (kept.device, kept.n)):
            judge = self._judge_of(kept)
            now = self._now(touched)
            verdict = self._verdict(judge, kept.change, now, kept.effective)
            if isinstance(verdict, Accepted):
                origin = _Origin(kept.device, kept.effective, kept.received, kept.digest)
                result = self._accept(touched, verdict, origin)
                state, problem = PARTLY if result.problem else RELEASED, result.problem
            else:
                assert isinstance(verdict, Rejected)  # nothing waits for a record that is there
                result = Result(kept.n, REJECTED, 0, verdict.units, verdict.problem)
                state, problem = REJECTED, verdict.problem
            self._settle(kept, state, problem)
            if kept.device == self.judge.author.device:
                self._results[kept.n] = result

    def _settle(self, kept: Kept, state: str, problem: Problem | None) -> None:
        if kept not in self.kept:  # it has waited since an earlier push
            self.settled.append(Settled(kept, state, problem))
            return
        self.kept.remove(kept)
        if problem is not None:
            self.kept.append(msgspec.structs.replace(kept, state=state, problem=problem))

    def _keep(self, arrived: Arrived, verdict: Held | Rejected) -> None:
        if isinstance(verdict, Held):
            kept = self._kept(arrived, HELD, reason("waits_for_record"), ())
            self._held.setdefault(kept.record, []).append(kept)
        else:
            kept = self._kept(arrived, REJECTED, verdict.problem, verdict.units)
        self.kept.append(kept)
        self._results[kept.n] = Result(kept.n, kept.state, 0, kept.units, kept.problem)

    def _kept(self, arrived: Arrived, state: str, problem: Problem, units: tuple[str, ...]) -> Kept:
        # What is not understood may name anything; only what was understood is copied out.
        change = arrived.change if problem.code != "not_understood" else None
        return Kept(
            device=self.judge.author.device,
            n=arrived.n,
            state=state,
            record=change.record if change else "",
            grid=change.grid if change else "",
            worker=self.judge.author.worker,
            received=self.reception.received,
            effective=self.reception.effective(change) if change else self.reception.received,
            problem=problem,
            units=units,
            digest=arrived.digest,
            raw=self._keepable(arrived, problem),
        )

    def _keepable(self, arrived: Arrived, problem: Problem) -> bytes:
        """The change as it came, without what may not be kept of it."""
        if problem.code == ERASED:
            return emptied_change(arrived.raw)
        if problem.code == STOPPED and arrived.change is not None:
            return without_units(arrived.raw, self.judge.stopped.get(arrived.change.record, ()))
        return arrived.raw


class _Origin(Struct, frozen=True):
    device: str
    effective: int
    received: int
    digest: str
