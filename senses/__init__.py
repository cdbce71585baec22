"""The bundled senses, one folder each, both halves side by side."""
