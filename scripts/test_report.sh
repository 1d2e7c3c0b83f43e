#!/usr/bin/env bash
# The report as people meet it: runs are made, and their pages opened in Chromium from disk, with the network
# off. Screenshots of every page, light and dark, lie in build/report/screenshots afterwards: look at them
# after a change of layout.
set -euo pipefail
cd "$(dirname "$0")/.."
export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1
synfer=$PWD/build/release/synfer
runs=build/report/runs
environment=build/report/environment
data=../shared/data

if [ ! -x "$synfer" ]; then
  cmake --preset release >/dev/null
  cmake --build --preset release --target synfer
fi

rm -rf "$runs"
run() { "$synfer" "$@" >/dev/null; }  # a figure of a run that fails is no figure
run recover --out "$runs/recovery"
run recover --out "$runs/network" rule.kind=mlp data.sessions=4 data.evaluation_sessions=2
run recover --out "$runs/published" fit.method=adam data.sessions=4 data.evaluation_sessions=2 fit.epochs=20 \
  fit.log_interval=2
run recover --out "$runs/activity" task.kind=neural fit.observe=neural data.sessions=3 \
  data.evaluation_sessions=2 "truth.rule=x*y - y^2*w" network.inputs=10 network.hidden=20 \
  "rule.terms=[x*y, y^2*w, x]" network.initial_weights.sd=0.1
run simulate --out "$runs/animals" data.sessions=4 task.trials_per_block=40
run fit "$runs/animals/sessions.csv" --out "$runs/checked" "rule.terms=[x*r, w]" evaluation.assumptions=true \
  evaluation.cross_validate=none
run fit examples/data/flies --config examples/flies.yaml --out "$runs/learning"
run fit examples/data/flies --out "$runs/learning-and-habits" "rule.terms=[1, w, x, r, x*r]"
if [ -d "$data" ]; then
  run fit "$data"/flies/*.mat --out "$runs/flies" "rule.terms=[1, w, x, r, x*r]" evaluation.shuffles=2
  run fit "$data"/nwb/689514*.nwb --format foraging-nwb --out "$runs/mouse" network.hidden=0 \
    "rule.terms=[x*r, w]"
  run evaluate "$runs/mouse" "$data"/nwb/703548*.nwb --out "$runs/other-mouse"
else
  echo "no recorded data in $data: their reports are not tested"
fi
run report "$runs/recovery" "$runs/published" --out "$runs/side-by-side.html"
run report "$runs/learning" "$runs/learning-and-habits" --out "$runs/with-and-without-habits.html"

"${PYTHON:-/usr/bin/python3}" -m venv "$environment"
"$environment/bin/pip" install --quiet --disable-pip-version-check -r tests/report/requirements.txt
REPORTS=$runs SCREENSHOTS=build/report/screenshots CHROMIUM=${CHROMIUM:-/usr/bin/chromium} \
  "$environment/bin/python" -m pytest -p no:cacheprovider --quiet -n auto tests/report
