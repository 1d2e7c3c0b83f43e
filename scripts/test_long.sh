#!/usr/bin/env bash
# What takes longer than a change may wait for: attacks, data races, a soak, fuzzing, and every study. A row at a time,
# each a line of runs/long/table.csv with its commit; a row that passed on this commit is not run again.
#
# Usage: test_long.sh [ROW...]    rows of these names; all where none is named
#        test_long.sh --list
set -uo pipefail
cd "$(dirname "$0")/.."
declare -A rows=(
  [attack]="scripts/attack"
  [attack-other-seed]="scripts/attack --seed $(date +%j)"
  [races]="cmake --preset threads && cmake --build --preset threads --parallel $(nproc) && ctest --preset threads"
  [fuzz]="scripts/fuzz 3600"
  [soak]="SYNFER_SOAK=3000 bash scripts/test_python.sh test_soak.py"
  [lines]="scripts/line_coverage"
  [zoo-mice]="studies/zoo/mice"
)
for study in studies/*/run; do
  name=$(basename "$(dirname "$study")")
  rows[$name]="$study"
done

names=("$@")
[ $# -gt 0 ] || mapfile -t names < <(printf '%s\n' "${!rows[@]}" | sort)
if [ "${names[0]}" = --list ]; then
  printf '%s\n' "${!rows[@]}" | sort
  exit
fi
commit=$(git rev-parse --short HEAD)
git diff --quiet HEAD || commit+="+changes"
table=runs/long/table.csv
mkdir -p runs/long
[ -f "$table" ] || echo "commit,row,passed,seconds" >"$table"
failed=0
for name in "${names[@]}"; do
  if [ -z "${rows[$name]:-}" ]; then
    echo "found $name, expected one of $(printf '%s ' "${!rows[@]}")"
    exit 2
  fi
  if grep -q "^$commit,$name,yes," "$table"; then
    echo "$name: passed on $commit already"
    continue
  fi
  begin=$SECONDS
  passed=yes
  log=runs/long/$name.txt
  echo "--- $name (log: $log)"
  bash -o pipefail -c "${rows[$name]}" >"$log" 2>&1 || { passed=no failed=1; tail -n 20 "$log"; }
  echo "$commit,$name,$passed,$((SECONDS - begin))" | tee -a "$table"
done
exit $failed
