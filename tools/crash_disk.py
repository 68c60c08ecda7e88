"""Commands on a disk that is full: one line that says so, exit code 2, and nothing lost once there is room.

The disk is a file system in memory (tmpfs) of a few MB, mounted where only a process of its own sees it, which needs no
privileges where Linux allows user name spaces; elsewhere a limit on the size of files (RLIMIT_FSIZE) stands for it.
Each time a command has a little more room, up to all that it needs, so that the disk is full at another moment; then
room is made, and the same command must end as an undisturbed one.
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from crash_trials import Trial, faults_of, told, trials

DISK = 16 << 20
FULL = ("the disk is full", "No space left", "File too large")


def full_disks(work: Path, address: str, count: int, only: str) -> Iterator[str]:
    """Fill the disk so many times: what was found wrong. Prints what was done."""
    work.mkdir(parents=True)
    spaces = ["unshare", "--user", "--map-root-user", "--mount"]
    mounted = shutil.which("unshare") and subprocess.run([*spaces, *_mount(work)], capture_output=True).returncode == 0
    line = [
        *(spaces if mounted else ()),
        sys.executable,
        __file__,
        str(work),
        address,
        str(count),
        str(int(mounted)),
        only,
    ]
    done = subprocess.run(line, stdout=subprocess.PIPE, text=True)
    *faults, said = done.stdout.splitlines() or [f"the full disks ended with {done.returncode}"]
    yield from faults
    print(said)
    if done.returncode:
        yield said


def _mount(place: Path) -> list[str]:
    return ["mount", "-t", "tmpfs", "-o", f"size={DISK}", "disk", str(place)]


def _used(place: Path) -> int:
    status = os.statvfs(place)
    return (status.f_blocks - status.f_bfree) * status.f_frsize


def _run(trial: Trial, folder: Path, room: int | None, *, mounted: bool) -> subprocess.CompletedProcess[str]:
    """The command, on a disk that has so much room (None: enough)."""
    ballast = folder.parent / "ballast"
    if room is not None and mounted:
        with ballast.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, max(DISK - _used(folder.parent) - room, 1))

    def limited() -> None:
        if room is not None and not mounted:
            resource.setrlimit(resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))

    done = subprocess.run(trial.line(folder), capture_output=True, text=True, preexec_fn=limited)
    ballast.unlink(missing_ok=True)
    return done


def _needs(trial: Trial, folder: Path, *, mounted: bool) -> tuple[int, object]:
    """What an undisturbed run needs of the disk, and what it leaves."""
    trial.prepare(folder)
    before = _used(folder.parent)
    if _run(trial, folder, None, mounted=mounted).returncode:
        raise SystemExit(f"the undisturbed {trial.name} failed")
    files = [path.stat().st_size for path in folder.rglob("*") if path.is_file()]
    needs, left = _used(folder.parent) - before if mounted else max(files), told(trial, folder)
    shutil.rmtree(folder)
    return needs, left


def main(work: Path, address: str, count: int, mounted: bool, only: str) -> None:
    """Prints a line for each fault, then one of what was done."""
    disk = work / "disk"
    disk.mkdir(exist_ok=True)
    many = trials(work, address, only)
    if mounted:
        subprocess.run(_mount(disk), check=True)
    needs = {trial.name: _needs(trial, disk / "whole", mounted=mounted) for trial in many}
    full: Counter[str] = Counter()
    steps = -(-count // len(many))
    for number in range(count):
        trial, folder = many[number % len(many)], disk / str(number)
        most, wanted = needs[trial.name]
        room = most * (number // len(many)) // steps
        trial.prepare(folder)
        done = _run(trial, folder, room, mounted=mounted)
        where = f"room for {room:,} of {most:,} bytes, {trial.name}"
        said = [line for line in done.stderr.splitlines() if any(words in line for words in FULL)]
        full[trial.name] += done.returncode == 2
        if done.returncode not in (0, 2) or "Traceback" in done.stderr or (done.returncode and len(said) != 1):
            print(f"{where}: ended with {done.returncode} and {' / '.join(done.stderr.splitlines()[-3:])}")
        for fault in trial.half(folder):
            print(f"{where}: {fault}")
        again = _run(trial, folder, None, mounted=mounted)
        fine = again.returncode == 0 or (trial.done and trial.done in again.stderr)
        if not fine:
            print(f"{where}: with room the same command failed: {again.stderr.splitlines()[-1:]}")
        elif told(trial, folder) != wanted:
            print(f"{where}: with room other than the undisturbed run")
        for fault in faults_of(trial, folder):
            print(f"{where}: with room: {fault}")
        shutil.rmtree(folder)
    kind = f"a disk of {DISK >> 20} MB (tmpfs)" if mounted else "files limited in size (RLIMIT_FSIZE)"
    filled = ", ".join(f"{name} {n}" for name, n in full.items())
    print(f"{count} times on {kind}, full in {sum(full.values())}: {filled}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4] == "1", sys.argv[5])
