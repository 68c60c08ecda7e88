"""Files into the record: read, resolve, assign, drop duplicates, write, commit.

A file is committed whole or not at all, and a second ingest of the same content adds nothing. Blocks
of headerless formats go to helper processes, small files joined; other formats are read here.
"""

from __future__ import annotations

import errno
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from itertools import chain
from pathlib import Path

import polars as pl

from detente import clock
from detente.actors import Actors
from detente.codebook import Codebook
from detente.errors import DetenteError
from detente.record.account import Account
from detente.record.blocks import Blocks
from detente.record.commits import FileEntry
from detente.record.intake import Intake, Summary
from detente.record.log import Log
from detente.record.mend import to_restore
from detente.record.opening import JOIN_BYTES, Opened, Unread, ahead, ahead_blocks, open_file
from detente.record.parts import DamagedRecord, write_rows
from detente.record.reading import Result, fault_of
from detente.record.work import Crew
from detente.sources import Batch, Context, batches

PART_ROWS = 400_000
HELPERS_FROM = 12 << 20


class Ingest:
    """One run over many files; `run` returns the summary."""

    def __init__(
        self,
        log: Log,
        actors: Actors,
        codebook: Codebook,
        *,
        names: str | None = None,
        codebook_path: str | None = None,
        now: datetime | None = None,
        on_progress: Callable[[str, int, int], None] | None = None,
        on_wait: Callable[[str], None] | None = None,
    ) -> None:
        self.log = log
        self.context = Context(actors, codebook, (now or clock.now()).date())
        self.paths = (names, codebook_path)
        self.now = now
        self.on_progress = on_progress or (lambda name, done, rows: None)
        self.on_wait = on_wait or (lambda text: None)

    def run(self, files: list[Path], named: Sequence[Path] = (), *, restore: bool = False) -> Summary:
        """Ingest files in order. Damaged files, and unknown ones among `named`, are listed as failed.

        To `restore` damaged parts, their files are read as if they had never been, and the last commit takes the
        damaged ones out: until then whoever reads them is told.
        """
        self.named = set(named)
        with self.log.writing(self.on_wait):
            damaged, digests = to_restore(self.log, files) if restore else ([], set())
            self.intake = Intake(
                self.log, self.context.codebook.digest, self.now, self.on_progress, anew=digests, damaged=damaged
            )
            size = sum(path.stat().st_size for path in files if path.is_file())
            crew = Crew(self.context, self.log.folder, *self.paths, helpers=2 if size > HELPERS_FROM else 0)
            self.blocks = Blocks(self.intake, crew)
            try:
                self._all(files)
                # A file that now can't be read leaves the damaged parts to be named, and restored another time.
                if damaged and not self.intake.summary.failed:
                    self.intake.take_out(damaged)
            except OSError as error:
                raise self._disk(error.errno, str(error.strerror or error)) from None
            finally:
                crew.close()
        return self.intake.summary

    def _disk(self, number: int | None, text: str) -> DetenteError:
        full = number in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG) or any(
            words in text for words in ("No space left", "File too large", "quota exceeded")
        )
        what = "the disk is full" if full else f"writing failed ({text})"
        mend = "Make room and run" if full else "Run"
        return DetenteError(
            f"{self.log.folder}: {what}; what was committed before is safe. {mend} the same command again"
        )

    def _all(self, files: list[Path]) -> None:
        group: list[Opened] = []
        size = 0
        with ThreadPoolExecutor(2) as pool:
            for opened in ahead(pool, files, self._open):
                if isinstance(opened, Unread):
                    self.intake.failed(opened.path, opened.reason)
                    continue
                first = opened[0]
                for reason in first.refused:
                    self.intake.failed(first.path, reason, files=0)
                if self.intake.holds(first.entry):
                    self.intake.summary.already.append(first.entry.name)
                    self.intake.progress(first.entry.name)
                    continue
                if len(opened) > 1 or not first.reader.joinable:
                    self.blocks.settle()
                    self._alone(opened)
                elif first.rest is None:
                    amount = sum(len(b.data) for b in first.blocks)
                    other = group and (group[0].reader, group[0].entry.pair) != (first.reader, first.entry.pair)
                    if group and (other or size + amount > JOIN_BYTES):
                        self.blocks.join(group)
                        group, size = [], 0
                    group.append(first)
                    size += amount
                else:
                    self.blocks.large(first)
        if group:
            self.blocks.join(group)
        self.blocks.settle()

    def _open(self, path: Path) -> list[Opened] | Unread:
        return open_file(path, self.intake.keys, named=path in self.named)

    def _alone(self, opened: list[Opened]) -> None:
        """Read a file with a header here, format by format; it is committed whole, or taken back if it is damaged."""
        fault = ""
        try:
            for one in opened:
                self._read(one)
        except (OSError, DamagedRecord):
            raise
        except Exception as error:
            fault = fault_of(error)
        if fault:
            self.intake.take_back([one.entry for one in opened], opened[0].path, fault)
            return
        self.intake.draft.add(opened)
        self.intake.progress(opened[0].entry.name)
        self.blocks.settle()

    def _read(self, opened: Opened) -> None:
        buffer: dict[str, list[pl.DataFrame]] = {}
        stream = chain(opened.blocks, opened.rest or ()) if opened.blocks else opened.stream()
        account = Account(header=True)
        for batch in batches(opened.reader, account.blocks(ahead_blocks(stream)), self.context):
            account.take(batch)
            self._take(opened.entry, batch, buffer.setdefault(batch.table, []))
            if sum(f.height for frames in buffer.values() for f in frames) >= PART_ROWS:
                self._spill(opened.entry, buffer)
                self.intake.progress(opened.entry.name, files=0)
        account.close(opened.entry.name)
        self._spill(opened.entry, buffer)

    def _take(self, entry: FileEntry, batch: Batch, waiting: list[pl.DataFrame]) -> None:
        """Take a batch of a file into account; its rows join those `waiting` to be written, which it may contest."""
        draft, result = self.intake.draft, Result(release=entry.release, pair=entry.pair)
        rows = result.judge(
            batch,
            [1],
            [*draft.held, *draft.written],
            self.log.folder,
            waiting=waiting,
            foreign=draft.foreign,
            barred=draft.barred(batch.table, entry.reader),
        )
        draft.take(result, [entry])
        for hidden in (one for one in result.hidden if not one.path):
            taken, gone = pl.concat(waiting), pl.col("event_id").is_in(hidden.ids)
            draft.give_up(batch.table, taken.filter(gone), [entry], contested=hidden.contested)
            waiting[:] = [taken.filter(~gone)]
        if rows.height:
            waiting.append(rows)

    def _spill(self, entry: FileEntry, buffer: dict[str, list[pl.DataFrame]]) -> None:
        """Write what is buffered as parts."""
        for table, frames in buffer.items():
            if not frames:
                continue
            rows, name = pl.concat(frames), self.intake.draft.next_name()
            written = write_rows(rows, self.log.folder, table, entry.reader, name, [entry], entry.release)
            self.intake.draft.wrote(written, [entry])
        buffer.clear()
