"""One pair's panel over ten million stored events, against pandas grouping the same events in memory.

python benchmarks/panel.py [--rows 10000000]
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path

import detente as dt
from make_gdelt import REAL, make


def timed(work: object, runs: int = 9) -> float:
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()  # type: ignore[operator]
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--like", type=Path, default=REAL)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-", dir=".") as work:
        record = dt.open_record(Path(work) / "record", cases=False)
        for n in range(10):
            folder = Path(work) / "zips"
            files = make(
                folder,
                given.rows // 10,
                10,
                given.like,
                seed=n,
                first_number=900_000_000 + n * given.rows,
                first_day=10 * n,
            )
            record.ingest([str(f) for f in files])
            for file in files:
                file.unlink()
        held = sum(p.rows for p in record.parts("events"))
        pair = record.pair("USA", "RUS")
        start = time.perf_counter()
        panel = pair.panel("month").frame
        first = time.perf_counter() - start
        ours = timed(lambda: pair.panel("month").frame)
        area = timed(lambda: pair.panel("month", area=["military_dialogue"]).frame)
        import pandas as pd

        columns = ["date", "sender", "receiver", "quad", "intensity"]
        frame = pd.concat([pd.read_parquet(p, columns=columns) for p in record.paths(record.parts("events"))])
        frame["date"] = pd.to_datetime(frame["date"])

        def plain() -> object:
            some = frame[
                frame["sender"].isin(["USA", "RUS"])
                & frame["receiver"].isin(["USA", "RUS"])
                & (frame["sender"] != frame["receiver"])
            ]
            return some.groupby([some["date"].dt.to_period("M"), "sender", "receiver", "quad"]).agg(
                n=("quad", "size"), net=("intensity", "sum")
            )

        theirs = timed(plain, 3)
        total = int(
            panel.select("verbal_cooperation", "material_cooperation", "verbal_conflict", "material_conflict")
            .sum_horizontal()
            .sum()
        )
        print(f"{held:,} stored events, {total:,} of the pair")
        print(
            f"  detente panel, from Parquet      {ours:.3f} s (first call, with imports {first:.3f} s; one area "
            f"{area:.3f} s; bound: 0.2 s)"
        )
        print(f"  pandas, events already in memory {theirs:.3f} s   detente: {theirs / ours:.1f} x as fast")


if __name__ == "__main__":
    main()
