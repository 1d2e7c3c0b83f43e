#!/usr/bin/env bash
# Makes third_party/vega again: Vega, Vega-Lite and Vega-Embed as one minified script, as vl-convert
# bundles them. Run it to move to another version, then look at the report's screenshots.
set -euo pipefail
cd "$(dirname "$0")/.."
version=1.9.0.post1  # of vl-convert-python: Vega 6.2, Vega-Lite 6.4
environment=$(mktemp -d)
trap 'rm -rf "$environment"' EXIT

"${PYTHON:-/usr/bin/python3}" -m venv "$environment"
"$environment/bin/pip" install --quiet --disable-pip-version-check "vl-convert-python==$version"
"$environment/bin/python" - third_party/vega/vega.min.js <<'EOF'
import sys
import vl_convert

with open(sys.argv[1], "w", encoding="utf-8") as file:
    file.write(vl_convert.javascript_bundle().rstrip() + "\n")
EOF
(cd third_party/vega && sha256sum vega.min.js >vega.min.js.sha256)
