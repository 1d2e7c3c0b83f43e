#!/usr/bin/env bash
# The documentation: the pages and references are made with warnings as errors, the notebooks run on the way, and
# every code block of the pages is run. The pages are in build/docs/html/docs/index.html afterwards.
set -euo pipefail
cd "$(dirname "$0")/.."
export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1 CC=${CC:-cc} CXX=${CXX:-c++}  # as scripts/test_python.sh
environment=build/docs/environment

if [ ! -x build/release/synfer ]; then
  cmake --preset release >/dev/null
  cmake --build --preset release --target synfer
fi

# Built in this environment and in a folder that stays, not in one that pip makes each time: what has not changed is not
# compiled again.
"${PYTHON:-/usr/bin/python3}" -m venv --clear "$environment"
pip() { "$environment/bin/pip" install --quiet --disable-pip-version-check "$@"; }
pip scikit-build-core nanobind
pip --no-build-isolation --config-settings=build-dir=build/docs-package \
  --config-settings=cmake.define.SYNFER_WARNINGS_AS_ERRORS=ON ".[docs]"

rm -rf build/docs/html
"$environment/bin/sphinx-build" -c docs . build/docs/html --fresh-env --fail-on-warning --keep-going --quiet
PATH="$PWD/build/release:$PATH" "$environment/bin/python" -m pytest -p no:cacheprovider --quiet -rs --durations=5 tests/docs
