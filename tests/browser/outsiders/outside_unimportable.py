"""A plugin from outside that raises while it is imported."""

raise RuntimeError("the library it needs is not there")
