"""History on screen: Histórico, differences, Itens Apagados."""
