"""Builds Desk for Windows on Debian and proves it there, step by step; `python dev.py installer` starts it."""
