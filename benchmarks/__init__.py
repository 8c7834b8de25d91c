"""Figures of the budgets, each a ratio against a floor measured in the same run."""
