"""Everything Desk talks to that is not its own database, each behind a small port."""
