"""A few seconds of `make fuzz`, always the same, and the inputs that failed before."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
CORPUS = sorted((Path(__file__).parent / "corpus").iterdir())


def fuzz(*arguments: object) -> str:
    done = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "fuzz.py"), *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=300,
        env={**os.environ, "POLARS_MAX_THREADS": "1"},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_inputs_that_failed_before() -> None:
    assert fuzz(*CORPUS).count("read or refused in words") == len(CORPUS) > 0


def test_a_few_inputs_of_every_target(tmp_path: Path) -> None:
    said = fuzz("--inputs", 12, "--seed", 1, "--into", tmp_path / "failed")
    assert "seed 1" in said and not any((tmp_path / "failed").iterdir())
