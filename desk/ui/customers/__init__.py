"""Customers on screen: search, header, Cadastro."""
