#!/usr/bin/env bash
# Builds synfer with warnings as errors and runs its tests.
set -euo pipefail
cd "$(dirname "$0")/.."
cmake --preset release
cmake --build --preset release
ctest --preset release -j 2
