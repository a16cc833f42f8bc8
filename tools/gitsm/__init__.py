"""IT service management as files in Git: check them, compute from them, publish them."""

__version__ = "0.1.0"
