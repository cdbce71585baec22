"""New plugins from templates: which files there are, what they say, and how they are written. Knows no command line."""
