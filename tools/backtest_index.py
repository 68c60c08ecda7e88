"""The page that sums up the committed back-tests: python tools/backtest_index.py docs/backtests >
docs/backtests/README.md

Also keeps the committed JSON small: of many pairs, the 250 on which ours lost most and the 250 on which it won most
stay.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

RUNS = {
    "icews-weekly": ("(a) weekly ICEWS 2018, counts", 0.08),
    "gdelt-monthly": ("(b) monthly GDELT scores", 0.08),
    "gdelt-weekly": ("(b) weekly GDELT scores", 0.08),
    "un-yearly": ("(c) yearly UN agreement by issue", 0.05),
    "icews-yearly": ("(d) yearly ICEWS counts", 0.05),
}
KEPT = 250


def trimmed(path: Path) -> dict[str, Any]:
    card: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    pairs = card["pairs"]
    if len(pairs) > 2 * KEPT:
        card["pairs"], card["pairs_left_out"] = pairs[:KEPT] + pairs[-KEPT:], len(pairs) - 2 * KEPT
        path.write_text(json.dumps(card, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return card


def main() -> None:
    folder = Path(sys.argv[1])
    cards = {name: trimmed(folder / f"{name}.json") for name in RUNS if (folder / f"{name}.json").exists()}
    print("# Back-tests on real data\n")
    print(
        "Made by `make backtests` (`tools/backtests.sh` has every command) and `python tools/backtest_index.py "
        "docs/backtests`; how to read them: [forecasts.md](../forecasts.md#back-tests)."
    )
    print("Skill is that of the stack, named before the results, over the strongest single baseline after the fact.\n")
    print(
        "| run | strongest baseline | skill | 90% band | aim | 90% intervals hold | pairs won "
        "|\n|---|---|---:|---:|---:|---:|---:|"
    )
    for name, card in cards.items():
        title, aim = RUNS[name]
        o = card["overall"]
        met = "met" if o["skill"] >= aim else "**missed**"
        print(
            f"| [{title}]({name}.md) | {o['strongest']} | {o['skill']:+.1%} | {o['low']:+.1%} to {o['high']:+.1%} "
            f"| {aim:+.0%} {met} | {o['inside']:.1%} | {o['pairs_won']:,} of {o['pairs']:,} |"
        )
    print("\n## By horizon: skill over the strongest baseline of that horizon\n")
    print("| run | " + " | ".join(str(h) for h in range(1, 9)) + " |\n|---|" + "---:|" * 8)
    for name, card in cards.items():
        by = {row["horizon"]: row for row in card["horizons"]}
        print(
            f"| {RUNS[name][0]} | "
            + " | ".join(f"{by[h]['skill']:+.1%}" if h in by else "" for h in range(1, 9))
            + " |"
        )
    print("\n## Where ours lost\n")
    for name, card in cards.items():
        lost = [row for row in card["pairs"] if row["skill"] < 0][:5]
        items = [row["item"] for row in card["items"] if row["skill"] < 0]
        horizons = [str(row["horizon"]) for row in card["horizons"] if row["skill"] < 0]
        stack = next(row["crps"] for row in card["models"] if row["model"] == card["overall"]["model"])
        whole = max(row["cells"] for row in card["models"])
        better = [row["model"] for row in card["models"] if row["cells"] == whole and row["crps"] < stack]
        names = ", ".join(f"{row['a']}-{row['b']} {row['skill']:+.0%}" for row in lost)
        told = [f"pairs {names}" if lost else "no pair"]
        told += [f"items {', '.join(items)}"] if items else []
        told += [f"horizons {', '.join(horizons)}"] if horizons else []
        told += [f"models better than the stack: {', '.join(better)}"] if better else []
        print(f"- {RUNS[name][0]}: {'; '.join(told)}.")


if __name__ == "__main__":
    main()
