"""Alembic runs this; the connection comes from :func:`tjdocs.register.migrate`, inside its transaction."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
context.run_migrations()
