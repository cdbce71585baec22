#!/bin/sh
# Make a virtual environment: venv.sh PYTHON FOLDER. Some systems ship Python without the part that makes one.
set -eu
python=$1 folder=$2
"$python" - <<'END' || { echo "Cortex needs Python 3.11 or newer; name one with: make PYTHON=/path/to/python3.11" >&2; exit 1; }
import sys
sys.exit(sys.version_info < (3, 11))
END
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        apt-get update -q && apt-get install -qy "python$version-venv"
    else
        echo "This Python cannot make virtual environments. Install its package first: python$version-venv" >&2
        exit 1
    fi
fi
"$python" -m venv "$folder"
