"""Divergências da Rede: what routers hold against what the database says."""
