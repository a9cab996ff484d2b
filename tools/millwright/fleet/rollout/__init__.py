"""A change to many hosts in waves, with budgets and a journal."""
