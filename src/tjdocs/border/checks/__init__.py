"""The checks that need the law: use of the document, status in the register, holder, crossing point."""
