#!/usr/bin/env bash
# The Python package as users meet it: a new environment, `pip install` from the source tree, pytest.
# Reads build/release/synfer (built if it is missing) for the tests that compare both doors.
# Usage: test_python.sh [FILE...]   of python/tests; all where none is named
set -euo pipefail
cd "$(dirname "$0")/.."
# The rooms are compiled with the same commands as in the release preset, so that ccache has them: by the
# same name of the compiler, and with paths below this folder as relative ones.
export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1 CC=${CC:-cc} CXX=${CXX:-c++}
environment=build/python-environment

if [ ! -x build/release/synfer ]; then
  cmake --preset release >/dev/null
  cmake --build --preset release --target synfer
fi

"${PYTHON:-/usr/bin/python3}" -m venv --clear "$environment"
"$environment/bin/pip" install --quiet --disable-pip-version-check \
  --config-settings=cmake.define.SYNFER_WARNINGS_AS_ERRORS=ON ".[test]"
# Away from the source tree, so that what is imported is what was installed.
root=$PWD
tests=("${@/#/$root/python/tests/}")
cd "$environment"
SYNFER_PROGRAM="$root/build/release/synfer" \
  bin/python -m pytest -c "$root/pyproject.toml" --rootdir "$root" -p no:cacheprovider --quiet --durations=5 \
  "${tests[@]:-$root/python/tests}"
