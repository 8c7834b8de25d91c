"""Permissions: people and what they may do; what the UI may use."""

from desk.services.permissions.own_password import ChangeOwnPassword, check_new_password

__all__ = ["ChangeOwnPassword", "check_new_password"]
