"""Alembic's migrations, one file each in ``versions``; run by :func:`tjdocs.register.migrate`."""
