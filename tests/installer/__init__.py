"""The chain that builds for Windows: its parts that run anywhere."""
