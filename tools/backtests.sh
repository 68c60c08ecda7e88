#!/bin/sh
# The four back-tests on real data, as committed in docs/backtests (about an hour and a half on two cores). Interrupted, it goes on where it stopped.
#   sh tools/backtests.sh ../shared/data build/backtests
set -eu
data=$1
out=$2
record=$out/record
mkdir -p "$out" docs/backtests
if [ ! -d "$record/data" ]; then detente ingest --record "$record" "$data/icews" "$data/unvotes"; fi

run() { # name, title, arguments
  name=$1
  title=$2
  shift 2
  detente backtest "$@" --record "$record" --no-cases --title "$title" --keep "$out/$name" --html "$out/$name.html" \
    --json "docs/backtests/$name.json" --format markdown > "$out/$name.md"
  mv "$out/$name.md" "docs/backtests/$name.md"
}

for which in ${3:-a bm d bw c}; do
  case $which in
    a) run icews-weekly "Weekly ICEWS 2018, directed counts by quad class, 100 most active pairs" \
      --target counts --by week --horizons 1,2,3,4,5,6,7,8 --train-until 2018-05-06 --pairs 100 --refit 4 ;;
    bm) run gdelt-monthly "Monthly GDELT pair scores 2018-2021, 200 most active pairs" \
      "$data/gdelt_dyads/daily_2018_2021.parquet" --by month --horizons 1,2,3,4,5,6 --train-until 2019-12-31 --pairs 200 --training-pairs 400 --refit 2 ;;
    bw) run gdelt-weekly "Weekly GDELT pair scores 2018-2021, 200 most active pairs" \
      "$data/gdelt_dyads/daily_2018_2021.parquet" --by week --horizons 1,2,3,4,5,6 --train-until 2019-12-31 --pairs 200 --step 4 --refit 2 ;;
    c) run un-yearly "Yearly agreement in UN votes by issue, pairs with 40 years or more" \
      --target votes --horizons 1,2,3,4,5 --train-until 1998 --min-periods 40 --step 5 --models hierarchical,forest --no-classical ;;
    d) run icews-yearly "Yearly directed counts by quad class 2002-2011, pairs with events in five years or more" \
      "$data/icews_dyad_year/dyad_year_2002_2011.csv.gz" --by year --horizons 1,2,3 --train-until 2005 --min-periods 5 --no-classical ;;
  esac
done

python tools/backtest_index.py docs/backtests > "$out/README.md" && mv "$out/README.md" docs/backtests/README.md
