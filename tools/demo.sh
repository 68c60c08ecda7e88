#!/bin/sh
# The main job on real input: a record of its own, the event files at hand, the assessment, the page.
set -eu
export DETENTE_RECORD=demo/record
mkdir -p demo
for folder in ../shared/data/icews ../shared/data/gdelt_raw ../shared/data/unvotes; do
  if [ -d "$folder" ]; then detente ingest "$folder"; else echo "no $folder: the demo goes on with the built-in case alone" >&2; fi
done
detente assess USA RUS --as-of 2007-02-01 --html demo/usa-rus-2007-02-01.html
detente assess USA RUS --as-of 2007-02-01 --format json > demo/usa-rus-2007-02-01.json
detente explain USA RUS --charts demo/charts > demo/usa-rus-explained.txt
detente forecast USA RUS --as-of 2007-02-01 --charts demo/charts > demo/usa-rus-forecast.txt
detente weigh USA RUS --as-of 2007-02-01 > demo/usa-rus-levers.txt
detente claims check weitz_2007 > demo/weitz-2007.txt
detente claims check weitz_2007 --format json > demo/weitz-2007.json
echo "Pages, JSON, what the models say, forecasts, levers, charts and the study checked are in demo/." >&2
