"""Commands, debts, notices and secrets."""
