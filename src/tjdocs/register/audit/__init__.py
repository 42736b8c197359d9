"""The audit of a register: the log hashed and played again, every row compared with it."""
