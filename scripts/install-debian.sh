#!/usr/bin/env bash
# Installs on Debian 12 or later what synfer is built from.
# Usage: install-debian.sh [--develop]   --develop: what it is tested with as well
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive
use=(build-essential cmake ninja-build pkg-config git
  libeigen3-dev libtbb-dev librandom123-dev liblbfgspp-dev libboost-dev libhwy-dev
  libhdf5-dev libzip-dev zlib1g-dev libcsv-dev nettle-dev libseccomp-dev
  libyaml-cpp-dev libcli11-dev libfmt-dev nlohmann-json3-dev python3 python3-dev python3-venv)
develop=(ccache clang-19 clang-format-19 libclang-rt-19-dev libgtest-dev libgmock-dev librapidcheck-dev libmatio-dev
  libbenchmark-dev valgrind chromium doxygen zsh fish groff-base)
packages=("${use[@]}")
[ "${1:-}" = --develop ] && packages+=("${develop[@]}")
apt-get update
apt-get install -y --no-install-recommends "${packages[@]}"
