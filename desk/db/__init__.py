"""Making, upgrading and checking the database: what an administrator does, and what sign-in asks."""
