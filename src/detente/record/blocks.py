"""Headerless files, given out to helpers block by block, small ones joined, and the results of their blocks."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

from detente.files.rows import not_too_many
from detente.record.commits import FileEntry
from detente.record.intake import Intake
from detente.record.opening import JOIN_BYTES, Opened
from detente.record.reading import Result, Task
from detente.record.work import Crew
from detente.sources import Block, DamagedFile, Reader, readers

COMMIT_TASKS = 24


class Blocks:
    """The blocks under way. What was committed until then may be seen by a helper, what its fellows write may not."""

    def __init__(self, intake: Intake, crew: Crew) -> None:
        self.intake = intake
        self.crew = crew
        self.given: deque[Task] = deque()
        self.taken = 0
        self.faults: dict[int, FileEntry] = {}

    def join(self, group: list[Opened]) -> None:
        """Read several small files as one block; rows and faults are told apart by line."""
        owners = [o.entry for o in group]
        self.intake.draft.add(group)
        self._give_joined(group[0].reader, owners, [b"".join(b.data for b in opened.blocks) for opened in group])
        self.intake.progress(owners[-1].name, files=len(owners))
        if self.taken >= COMMIT_TASKS:
            self.settle()

    def large(self, opened: Opened) -> None:
        """Read one large file block by block, its small members joined; it is committed at its end."""
        entry = opened.entry
        self.intake.draft.add([opened])
        try:
            for blocks in _joined(chain(opened.blocks, opened.rest or ())):
                if len(blocks) == 1:
                    self._give(opened.reader, [entry], [1], blocks[0].line, blocks[0].data)
                else:
                    self._give_joined(opened.reader, [entry] * len(blocks), [block.data for block in blocks])
                if id(entry) in self.faults:
                    break
                self.intake.progress(entry.name, files=0)
        except DamagedFile as error:
            self._finish()
            self._give_up(entry, str(error))
        if id(entry) not in self.faults:
            self.intake.progress(entry.name)
        if self.taken >= COMMIT_TASKS:
            self.settle()

    def settle(self) -> None:
        """Wait for the blocks under way, then commit the files read to their end."""
        self._finish()
        self.intake.commit()
        self.taken = 0

    def _finish(self) -> None:
        for result in self.crew.finish():
            self._received(result)

    def _give_joined(self, reader: Reader, owners: list[FileEntry], pieces: list[bytes]) -> None:
        starts = [1]
        for piece in pieces[:-1]:
            starts.append(starts[-1] + piece.count(b"\n"))
        self._give(reader, owners, starts, 1, b"".join(pieces))

    def _give(self, reader: Reader, owners: list[FileEntry], starts: list[int], first_line: int, data: bytes) -> None:
        draft = self.intake.draft
        barred = draft.barred("events", reader.source)
        task = Task(
            draft.next_name(),
            readers().index(reader),
            starts,
            first_line,
            data,
            draft.held,
            owners,
            draft.foreign,
            barred,
        )
        self.given.append(task)
        for result in self.crew.give(task):
            self._received(result)

    def _received(self, result: Result) -> None:
        """Take a block's result into account; one with twins of blocks read at the same time is read again."""
        draft, task = self.intake.draft, self.given.popleft()
        if task.alone and id(task.alone) in self.faults:
            self._drop(result)
            return
        if not result.error and not result.fault and draft.overtakes(result):
            self._drop(result)
            task.held = [*draft.held, *draft.written]
            task.barred = draft.barred("events", readers()[task.reader].source)
            result = self.crew.here(task)
        if result.error:
            raise result.error
        if task.alone:
            try:
                not_too_many(result.bad, task.alone.quarantined)
            except DamagedFile as error:
                result.fault = str(error)
        if not result.fault:
            self.taken += 1
            draft.take(result, task.files)
            return
        self._drop(result)
        if task.alone:
            self._give_up(task.alone, result.fault)
        else:
            self._again(task)

    def _drop(self, result: Result) -> None:
        for part, _ in result.parts:
            (self.intake.log.folder / part.path).unlink()

    def _again(self, task: Task) -> None:
        """Read the files of a block that were joined one by one: the fault is of one of them."""
        lines = task.data.split(b"\n")
        for owner, first, end in zip(task.files, task.starts, [*task.starts[1:], len(lines)], strict=True):
            alone = replace(
                task,
                name=self.intake.draft.next_name(),
                starts=[1],
                data=b"".join(line + b"\n" for line in lines[first - 1 : end - 1]),
                files=[owner],
            )
            self.given.appendleft(alone)
            self._received(self.crew.here(alone))

    def _give_up(self, entry: FileEntry, reason: str) -> None:
        if id(entry) not in self.faults:
            self.faults[id(entry)] = entry
            self.intake.take_back([entry], self.intake.draft.places[id(entry)], reason)


def _joined(blocks: Iterator[Block]) -> Iterator[list[Block]]:
    """Blocks that are whole members, or begin one, together as far as they are small; others alone."""
    group: list[Block] = []
    size = 0
    for block in blocks:
        if group and (block.line > 1 or size + len(block.data) > JOIN_BYTES):
            yield group
            group, size = [], 0
        group.append(block)
        size += len(block.data)
        if block.line > 1:
            yield group
            group, size = [], 0
    if group:
        yield group
