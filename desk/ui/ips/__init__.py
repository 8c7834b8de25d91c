"""Screens of customers' IPs."""
