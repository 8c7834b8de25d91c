"""Services against a real PostgreSQL."""
