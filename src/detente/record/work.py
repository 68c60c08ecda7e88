"""Helper processes, in which the blocks of headerless formats are read: the heavy part of an ingest.

Blocks are independent, so several processes read, resolve and write them at once. Helpers are plain
`python -c` children that speak pickles over their pipes: unlike multiprocessing they never import
the user's main module. They end with their input, so that they cannot outlive an ingest.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import pickle
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from detente.errors import DetenteError
from detente.record.reading import Result, Task, guarded
from detente.sources import Context


def _die_with(parent: int) -> None:
    """A helper that is stopped when its parent dies would else write on when it is resumed, days later perhaps."""
    if sys.platform == "linux":
        import ctypes
        import signal

        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
    if os.getppid() != parent:
        sys.exit()


def serve() -> None:
    """Answer tasks from standard input until it ends (the helper's main)."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr
    # Packages that add sources lie where the caller finds them.
    parent, sys.path[:], names, codebook, folder, today = pickle.load(source)
    _die_with(parent)
    from detente.actors import actors
    from detente.codebook import load_codebook

    context = Context(actors(names), load_codebook(codebook), today)
    while True:
        try:
            task = pickle.load(source)
        except EOFError:
            return
        pickle.dump(guarded(task, context, Path(folder)), sink)
        sink.flush()


class Crew:
    """Does tasks and gives their results in order: in helper processes, or here where there are none.

    Helpers start at once, while the caller opens its first file. Each is fed by a thread of its own,
    so that it finds its next task waiting.
    """

    def __init__(self, context: Context, folder: Path, names: str | None, codebook: str | None, helpers: int) -> None:
        self.context = context
        self.folder = folder
        self.setup = (os.getpid(), sys.path, names, codebook, str(folder), context.today)
        self.size = helpers
        self.helpers = [self._start() for _ in range(helpers)]
        self.idle = list(self.helpers)
        self.own = threading.local()
        self.pool = ThreadPoolExecutor(helpers) if helpers else None
        self.waiting: deque[Future[Result]] = deque()

    def give(self, task: Task) -> Iterator[Result]:
        """Hand over a task; yields the results that had to be waited for to make room."""
        if self.pool is None:
            yield self.here(task)
            return
        self.waiting.append(self.pool.submit(self._ask, task))
        while len(self.waiting) > self.size + 1:
            yield self.waiting.popleft().result()

    def here(self, task: Task) -> Result:
        """Do a task at once, in this process."""
        return guarded(task, self.context, self.folder)

    def finish(self) -> Iterator[Result]:
        """The results still outstanding, in order."""
        while self.waiting:
            yield self.waiting.popleft().result()

    def _ask(self, task: Task) -> Result:
        if not hasattr(self.own, "helper"):
            self.own.helper = self.idle.pop()
        helper = self.own.helper
        try:
            pickle.dump(task, helper.stdin, protocol=5)
            helper.stdin.flush()
            answer = pickle.load(helper.stdout)
        except (EOFError, BrokenPipeError):
            died = "a helper process died (out of memory?); what was committed is safe. Run the same command again"
            return Result(error=DetenteError(f"{self.folder}: {died}"))
        return answer if isinstance(answer, Result) else Result(error=DetenteError("a helper answered nonsense"))

    def _start(self) -> subprocess.Popen[bytes]:
        # One polars thread a helper: the helpers together already use every core.
        helper = subprocess.Popen(
            [sys.executable, "-c", "from detente.record.work import serve; serve()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "POLARS_MAX_THREADS": "1"},
        )
        if helper.stdin is None:
            raise AssertionError("a helper without a pipe")
        if hasattr(fcntl, "F_SETPIPE_SZ"):
            # A block then goes over in sixteen pieces instead of 256.
            with contextlib.suppress(OSError):
                fcntl.fcntl(helper.stdin, fcntl.F_SETPIPE_SZ, 1 << 20)
        pickle.dump(self.setup, helper.stdin)
        helper.stdin.flush()
        return helper

    def close(self) -> None:
        """End the helpers; what they still work on is dropped."""
        if self.pool is None:
            return
        self.pool.shutdown(wait=False, cancel_futures=True)
        for helper in self.helpers:
            helper.kill() if self.waiting else helper.stdin.close()  # type: ignore[union-attr]  # started with a pipe
        for helper in self.helpers:
            helper.wait()
