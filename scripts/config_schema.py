"""Write config.schema.json, what editors know of config.yaml in a checkout. `make docs` calls it; a test checks it.

It is what `cortex schema` prints where no plugin but the bundled ones is installed.
"""

from __future__ import annotations

import json
from pathlib import Path

from cortex.config import load_config
from cortex.configschema import config_schema
from cortex.doors import Doors

ROOT = Path(__file__).parents[1]
DISTRIBUTION = "cortex-senses"


def text() -> str:
    """Return the file."""
    available = Doors().available()
    bundled = {
        name: found
        for name, found in available.items()
        if found[0].distribution is not None and found[0].distribution.name == DISTRIBUTION
    }
    schema = config_schema(load_config(ROOT / "config.yaml"), bundled)
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    (ROOT / "config.schema.json").write_text(text(), encoding="utf-8")
