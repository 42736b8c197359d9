"""From the first ledger to the tables of :mod:`tjdocs.register.tables`."""
