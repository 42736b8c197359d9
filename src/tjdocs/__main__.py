"""``python -m tjdocs``."""

from tjdocs.cli import main

main()
