#!/usr/bin/env bash
# Installs what synfer is built and tested with on Debian 12 or later.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive
apt-get update
apt-get install -y --no-install-recommends \
  build-essential cmake ninja-build ccache pkg-config git \
  libeigen3-dev libtbb-dev librandom123-dev liblbfgspp-dev libboost-dev libhwy-dev \
  libmatio-dev libhdf5-dev libzip-dev zlib1g-dev libcsv-dev nettle-dev libseccomp-dev \
  libyaml-cpp-dev libcli11-dev libfmt-dev nlohmann-json3-dev \
  libgtest-dev libgmock-dev librapidcheck-dev clang-format-19 clang-19 libclang-rt-19-dev python3 python3-dev python3-venv \
  chromium doxygen libbenchmark-dev valgrind zsh fish groff-base
