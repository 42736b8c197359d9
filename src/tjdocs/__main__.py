"""``python -m tjdocs``."""

from tjdocs.cli import main

if __name__ == "__main__":  # worker processes import it
    main()
