"""What of a plugin's folder is served to browsers. Knows no web server."""

from __future__ import annotations

MODULE_FILES = frozenset({".css", ".js", ".mjs", ".png", ".svg", ".wasm", ".webp"})
"""The suffixes of those files."""
