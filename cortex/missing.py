"""What to say of a package that is not installed. Knows what distributions say of themselves, and imports nothing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cortex.doors import FOLDERS

if TYPE_CHECKING:
    from importlib.metadata import Distribution

REQUIREMENT = re.compile(r"\s*(?P<name>[\w.-]+)(?:[^;]*;.*?\bextra\s*==\s*['\"](?P<extra>[\w.-]+)['\"])?")


def explain_missing(error: ModuleNotFoundError, distribution: Distribution | None, plugin: str = "") -> str:
    """Return what a plugin lacks, and how to get it: the extra that brings it, where its distribution has one.

    `plugin` is its own module, which may be what is not there.
    """
    module = error.name or "?"
    if f"{plugin}.".startswith(f"{module}."):
        return f"there is no module {plugin}"
    if module.startswith(f"{FOLDERS}."):
        return f"it needs {module.split('.', 2)[-1]!r}, which is not in its plugin folder"
    remedy = _remedy(module, distribution) if distribution is not None else None
    return f"it needs {module!r}, which is not installed: {remedy or 'install the package that brings it'}"


def _remedy(module: str, distribution: Distribution) -> str | None:
    for line in distribution.requires or []:
        if (requirement := REQUIREMENT.match(line)) and _brings(requirement["name"], module):
            extra = requirement["extra"]
            return f"pip install '{f'{distribution.name}[{extra}]' if extra else requirement['name']}'"
    return None


def _brings(requirement: str, module: str) -> bool:
    """Tell whether a distribution of this name brings a module, as far as names tell: google-cloud-vision, google."""
    package, wanted = (re.sub(r"[-_.]+", "-", name).lower() for name in (requirement, module))
    return package == wanted or package.startswith(f"{wanted}-") or wanted.startswith(f"{package}-")
