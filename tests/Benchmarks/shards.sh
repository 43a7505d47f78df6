#!/usr/bin/env bash
# What it costs to cut a run into 16 shards, in seconds of processor time: every shard starts the program and compiles its notebook,
# and the merge reads what they did. A shard's cost does not grow with its work, so it is measured on quick runs of report A's sweep,
# and compared with one full run of it.
#   dotnet build -c Release report && tests/Benchmarks/shards.sh
set -euo pipefail
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# Compiled ahead of time, as README.md tells those to do who start it often.
dotnet publish report -c Release --use-current-runtime --no-self-contained -p:PublishReadyToRun=true \
    --artifacts-path "$work/ahead" -o "$work/program" -v q
report="dotnet $work/program/fgsm-report.dll"
TIMEFORMAT='%U %S'

seconds() {
    { time $report "$@" >"$work/log" 2>&1; } 2>&1 | awk '{ print $1 + $2 }'
}

quick=(--quick --only 03 --seeds 16)
whole=$(seconds "${quick[@]}" --out "$work/whole")
cut=$(for i in {1..16}; do
    seconds "${quick[@]}" --shard "$i/16" --out "$work/pieces"
done | awk '{ sum += $1 } END { print sum }')
merge=$(seconds merge "$work/pieces" --out "$work/merged")
$report diff "$work/whole" "$work/merged" >"$work/log" || { cat "$work/log"; exit 1; }
full=$(seconds --only 03 --fresh --out "$work/full")

awk -v whole="$whole" -v cut="$cut" -v merge="$merge" -v full="$full" 'BEGIN {
    more = cut + merge - whole
    printf "16 quick sweeps take %.0f s in one run, %.0f s in 16 shards, and %.1f s to merge: 16 shards cost %.0f s.\n",
        whole, cut, merge, more
    printf "A full sweep takes %.0f s: that is %.1f %% of 16 full sweeps, and %.1f %% of 32.\n",
        full, 100 * more / (16 * full), 100 * more / (32 * full)
}'
