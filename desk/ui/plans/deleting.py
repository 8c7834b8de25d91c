"""Apagar o Plano: the question before it, from the menu and from the plan's own window."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication

from desk.services.plans import DeletePlan, PlanRow
from desk.ui.core.desk import Desk
from desk.ui.core.message_box import ask
from desk.ui.core.messages import Text

SAID = "Plano apagado com sucesso"


def question(plan: PlanRow) -> tuple[str, str]:
    """What is asked, naming plan and customer, and what it means (PL-41)."""
    return (
        f"Apagar o plano {plan.title}, nº {plan.number:03d}, de {plan.customer_name}?",
        "Apagar é para plano cadastrado por engano; o que o cliente usou se cancela. O plano sai da árvore e das "
        "contagens, o número não volta a ser usado, e o registro fica em Itens Apagados e no Histórico.",
    )


def ask_delete(desk: Desk, plan: PlanRow) -> None:
    """Ask, and delete on the answer."""

    def go() -> None:
        desk.do(DeletePlan(plan_id=plan.id, version=plan.version), owner=desk, said=SAID)

    ask(Text(*question(plan)), "Apagar o Plano", go, danger=True, icon="trash", parent=QApplication.activeWindow())
