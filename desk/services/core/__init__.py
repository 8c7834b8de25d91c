"""What every capability stands on: commands, units of work, errors, debts, secrets."""
