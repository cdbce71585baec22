#!/bin/sh
# Make sure that there is a Chromium for the browser tests: chromium.sh PLAYWRIGHT
set -eu
[ -n "${CORTEX_CHROMIUM:-}" ] && exit 0
for name in chromium chromium-browser google-chrome; do
    command -v "$name" >/dev/null && exit 0
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -q && apt-get install -qy chromium && exit 0
fi
"$1" install chromium
