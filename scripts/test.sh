#!/usr/bin/env bash
# Everything that must hold before a change is shared, stage by stage; stops at the first that
# fails and ends with the seconds that each took.
set -euo pipefail
cd "$(dirname "$0")/.."
jobs=$(nproc)
export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1  # what one stage compiled another need not
table=""

stage() {  # stage NAME COMMAND...
  local name=$1 begin=$SECONDS
  shift
  echo "--- $name"
  if ! "$@"; then
    echo "$table"
    echo "FAILED: $name"
    exit 1
  fi
  table+=$(printf '\n%6d s  %s' $((SECONDS - begin)) "$name")
}

format() {
  git ls-files '*.h' '*.cc' | xargs clang-format-19 --dry-run -Werror
}

build() {  # build PRESET
  cmake --preset "$1" >/dev/null && cmake --build --preset "$1" --parallel "$jobs"
}

# By the release of PyPI, which does not look into the system's headers and takes a third of the time of Debian's.
# Left out: what the build writes, and tests, for time.
tidy() {
  local environment=build/lint log=build/release/clang-tidy.txt
  python3 -m venv --clear "$environment"
  "$environment/bin/pip" install --quiet --disable-pip-version-check clang-tidy==23.1.4
  python3 -c '
import json, os, re
sources = {entry["file"] for entry in json.load(open("build/release/compile_commands.json"))}
print(*sorted(s for s in sources if os.path.realpath(s).startswith(os.getcwd()) and not re.search(r"_test\.cc$|/build/", s)), sep="\n")' |
    xargs -P "$jobs" -n 2 "$environment/bin/clang-tidy" --quiet -p build/release >"$log" 2>&1 ||
    { grep -A 3 -E '(warning|error): ' "$log"; return 1; }
}

stage "format (clang-format)" format
stage "structure: rooms, arrows, circles" scripts/structure
stage "build, warnings as errors" build release
stage "tests: unit, gradient, golden, command line, consumer" ctest --preset release -j "$jobs"
stage "instructions of kernels and of a run (callgrind)" scripts/count_instructions
stage "attacks: a twentieth of them (scripts/attack)" scripts/attack --share 0.05
stage "Python package: install, tests" bash scripts/test_python.sh
stage "wheel: build, repair, use without the source" bash scripts/test_wheel.sh
stage "report in a browser" bash scripts/test_report.sh
stage "documentation: build, code blocks" bash scripts/test_docs.sh
stage "lint (clang-tidy)" tidy
# The other targets need every room, compiled once more: scripts/test_long.sh has them.
stage "fuzzing: five seconds a reader (scripts/fuzz)" scripts/fuzz 5 table npz npy mat hdf5 expression
stage "build with sanitizers" build sanitizers
stage "tests with sanitizers" ctest --preset sanitizers -j "$jobs"

echo "$table"
echo "all passed"
