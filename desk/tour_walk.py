"""The walk of the guided tour: through the program like a clerk, one screen after the other."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any, cast

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication

from desk.services.deliveries import PendingDeliveries
from desk.services.plans import CustomerPlanTree, EnablePlan, LoginItem, PlanRow, SuspendPlan
from desk.services.sessions import Method, TryAnswer, Why
from desk.tour import Tour
from desk.tour_addresses import addresses, lost_database, ranges, restore_speed
from desk.tour_entry import sign_in as sign_in
from desk.tour_network import network
from desk.ui.core.actions import build_menu
from desk.ui.core.inputs import ComboField
from desk.ui.plans.deleting import ask_delete
from desk.ui.plans.page import GroupRow, PlansPage
from desk.ui.plans.reasons import why_not_delete
from desk.ui.shell.customer_window import CustomerWindow
from desk.ui.shell.registry import settings_pages

MARIA = 1
SUSPENDED = range(40, 52)  # customers whose routers are in trouble when Entregas is drawn


def walk(tour: Tour) -> int:
    """The whole tour; returns the program's exit code."""
    sys.excepthook = sys.__excepthook__  # nobody is there to read the program's apology
    sign_in(tour)
    search(tour)
    page = customer(tour, MARIA)
    tour.draw("principal", tour.shell.window)
    plan_dialogs(tour, page)
    addresses(tour, page.plan_of(page.tree.current_node()))
    menus(tour, page)
    areas(tour)
    new_login(tour)
    customer_dialogs(tour)
    settings(tour)
    network(tour)
    ranges(tour)
    program_dialogs(tour)
    delivery(tour, page)
    restore_speed(tour, page)
    lost_database(tour)
    return 0


def search(tour: Tour) -> None:
    """Results with their reasons, and what is said when there are none."""
    field = tour.shell.search
    for name, typed in (("pesquisa", "nogueira"), ("pesquisa-vazia", "zumbido")):
        field.edit.setFocus()
        field.search(typed)
        tour.calm()
        field.open_popup()
        QApplication.processEvents()
        tour.draw(name, tour.shell.window, field.popup)
        field.close_popup()
        field.edit.clear()


def customer(tour: Tour, customer_id: int) -> PlansPage:
    """Open a customer at the area Planos."""
    tour.shell.open_customer(customer_id)
    window: CustomerWindow = tour.until(
        lambda: (found := tour.shell.window.current) and found.customer_id == customer_id and found, "the customer"
    )
    window.go("plans")
    page = cast(PlansPage, tour.until(lambda: _plans_page(window), "the area Planos"))
    tour.until(lambda: page.shown and (page.panel.details or not page.shown.plans), "the plans")
    tour.calm()
    window.enter()
    return page


def _plans_page(window: CustomerWindow) -> PlansPage | None:
    shown = window.stack.currentWidget()
    return shown if isinstance(shown, PlansPage) else None


def plans_of(page: PlansPage) -> list[PlanRow]:
    """What the tree shows."""
    return list(page.shown.plans) if page.shown is not None else []


def deletable(page: PlansPage) -> PlanRow:
    """The first plan of the tree that nothing hangs on."""
    return next(each for each in plans_of(page) if not why_not_delete(each))


def plan_dialogs(tour: Tour, page: PlansPage) -> None:
    """Everything that opens over a plan."""
    desk = tour.shell.desk
    plan = page.plan_of(page.tree.current_node())
    tour.over("cartao-suspender", lambda: desk.run_action("plans.suspend", plan))
    tour.over("cartao-suspensao-temporaria", lambda: desk.run_action("plans.suspend_temporarily", plan))
    debtor = next(each for each in plans_of(page) if each.status_label == "Suspenso por Débito")
    tour.over("cartao-habilitar", lambda: desk.run_action("plans.enable", debtor))
    before = replace(debtor, provisional_until=None, provisional_day=None)  # as it was before the days it has now
    tour.over("cartao-provisorio", lambda: desk.run_action("plans.enable_provisionally", before))
    tour.over("plano-servico", lambda: desk.run_action("plans.open", plan))
    swap(tour, plan)
    composition(tour, plan)
    tour.over("novo-ip", lambda: desk.run_action("ips.new", plan), partial(_next_free, tour))
    tour.over("recusa", lambda: desk.run_action("logins.new", plan))
    tour.over("apagar-plano", lambda: ask_delete(desk, deletable(page)))
    if plan is not None:
        online = next(login for login in plan.logins if login.online_since is not None)
        tour.over("informacoes-login", lambda: desk.run_action("sessions.information", online))
        tour.over("propriedades-login", lambda: desk.run_action("sessions.properties", online))
        tour.over("alterar-senha", lambda: desk.run_action("logins.generate", online), partial(_looked, tour))
        connections(tour, plan, online)
    change_plan(tour, plan)
    tour.over("novo-plano", lambda: desk.run_action("plans.new", GroupRow(page.customer_id)), _choose_product)
    tour.over("novo-plano-resumo", lambda: desk.run_action("plans.new", GroupRow(page.customer_id)), _to_summary)


def swap(tour: Tour, plan: PlanRow | None) -> None:
    """Plano/Serviço with another catalogue plan chosen, before it is saved."""
    tour.over("trocar-tipo-de-plano", partial(tour.shell.desk.run_action, "plans.open", plan), partial(_swap, tour))


def _swap(tour: Tour, window: Any) -> None:
    wanted = next(choice for choice in window.swap.field.choices if "700 MB" in choice.label)
    window.form.set("catalog_plan_id", wanted.value)
    tour.until(lambda: not window.network.soon.isActive() and "conferido" in window.network.when.text(), "the network")


def composition(tour: Tour, plan: PlanRow | None) -> None:
    """Personalizar Composição: as it opens, and with a sum that differs."""
    act = partial(tour.shell.desk.run_action, "plans.composition", plan)
    tour.over("composicao", act)
    tour.over("composicao-difere", act, _another_sum)


def _another_sum(dialog: Any) -> None:
    line = dialog.composition.lines[-1]
    line.form.set("amount", line.amount.value() + 5)
    dialog.save()


def _next_free(tour: Tour, dialog: Any) -> None:
    """The next free address, as the icon brings it, and what the routers say to it."""
    dialog.addresses.next_free()
    tour.until(lambda: dialog.addresses.address.text(), "the next free address")
    dialog.addresses.set("description", "Câmeras da casa")
    tour.until(lambda: not dialog._soon.isActive() and dialog.network.said, "the routers")


def _answered(dialog: Any) -> None:
    """What FreeRADIUS says of a wrong password: the demonstration has no RADIUS server to ask."""
    dialog.form.set("password", "casa2024")
    dialog._show(TryAnswer(Why.WRONG_PASSWORD, "RADIUS 1", Method.PAP, milliseconds=12))


def _looked(tour: Tour, dialog: Any) -> None:
    """What the network would be told, once it is known."""
    tour.until(lambda: not dialog.network.soon.isActive() and "conferido" in dialog.network.when.text(), "the network")


def connections(tour: Tour, plan: PlanRow, login: LoginItem) -> None:
    """What a login's connection carries, how it is ended, tried and slowed down, and who had an address."""
    desk = tour.shell.desk
    tour.over("dados-de-trafego", lambda: desk.run_action("sessions.traffic", login), partial(_two_minutes, tour))
    tour.over("fechar-conexao", lambda: desk.run_action("sessions.close", login), partial(_looked, tour))
    tour.over("testar-autenticacao", lambda: desk.run_action("sessions.try", login), _answered)
    tour.over("reduzir-velocidade", lambda: desk.run_action("sessions.throttle", plan), partial(_looked, tour))
    tour.over("quem-usava-este-ip", lambda: desk.run_action("sessions.who_used"), partial(_search_address, login.ip))


def _two_minutes(tour: Tour, window: Any) -> None:
    """The looks of some seconds, spread over the two minutes that somebody would watch."""
    window._timer.setInterval(20)
    tour.until(lambda: len(window.chart.flows) > 115, "looks")
    window._timer.stop()
    tour.calm()
    flows = list(window.chart.flows)
    window.chart.flows.clear()
    window.chart.flows.extend(replace(flow, at=float(at)) for at, flow in enumerate(flows))
    window.chart.update()


def _search_address(address: str, window: Any) -> None:
    window.form.set("address", address)
    window.search()


def new_login(tour: Tour) -> None:
    """Novo login, at a customer whose plan has room for one."""
    desk = tour.shell.desk
    for customer_id in range(MARIA + 1, MARIA + 20):
        for plan in plans_of(customer(tour, customer_id)):
            if desk.actions["logins.new"].shown(plan) and desk.actions["logins.new"].obstacle(desk, plan) is None:
                tour.over("novo-login", partial(desk.run_action, "logins.new", plan), partial(_looked, tour))
                tour.shell.window.close_current()
                return
        tour.shell.window.close_current()
    raise LookupError("no plan has room for another login")


def _choose_product(wizard: Any) -> None:
    field = wizard.page.form["offered"]
    if isinstance(field, ComboField):
        wanted = next(choice for choice in field.choices if "500 MB" in choice.label)
        wizard.page.form.set("offered", wanted.value)


def _to_summary(wizard: Any) -> None:
    _choose_product(wizard)
    wizard.go_on()
    wizard.go_on()


def change_plan(tour: Tour, plan: PlanRow | None) -> None:
    """Mudar Plano, page by page, into a dearer plan."""
    desk = tour.shell.desk
    for steps, name in enumerate(("mudar-plano", "mudar-plano-itens", "mudar-plano-valores", "mudar-plano-resumo")):
        tour.over(name, lambda: desk.run_action("plans.change_catalog", plan), partial(_change_to, tour, steps))


def _change_to(tour: Tour, steps: int, wizard: Any) -> None:
    page = wizard.page
    dearest = max(page.target.choices, key=lambda choice: next(
        each.price for each in wizard.draft.choices.targets if each.id == choice.value
    ))  # fmt: skip
    page.form.set("target", dearest.value)
    page.form.set("reason", "Upgrade a pedido do cliente")
    for _ in range(steps):
        wizard.go_on()
    if hasattr(wizard.page, "network"):
        tour.until(lambda: "conferido" in wizard.page.network.when.text(), "the network")


def menus(tour: Tour, page: PlansPage) -> None:
    """The context menu of a plan, and the palette."""
    window = tour.shell.window
    plan = page.plan_of(page.tree.current_node())
    menu = build_menu(tour.shell.desk, "plan", plan, window)
    menu.popup(window.mapToGlobal(QPoint(150, 200)))
    QApplication.processEvents()
    tour.draw("menu-do-plano", window, menu)
    menu.close()
    for name, typed in (("comandos", ""), ("comandos-procura", "sus")):
        tour.shell.show_palette()
        palette = tour.until(lambda: QApplication.activePopupWidget(), "the palette")
        palette.edit.setText(typed)
        tour.draw(name, window, palette)
        palette.close()
        tour.until(lambda: QApplication.activePopupWidget() is None, "the palette gone")


def areas(tour: Tour) -> None:
    """The other areas of the customer, and a customer who has no plans."""
    window = tour.shell.window
    for name, page in (("cadastro", "record"), ("historico", "history")):
        window.current.go(page)
        tour.calm()
        tour.draw(name, window)
    window.current.go("plans")
    row = GroupRow(MARIA)
    tour.over("itens-apagados", lambda: tour.shell.desk.run_action("history.deleted_items", row))
    customer(tour, somebody_new(tour))
    tour.draw("sem-planos", window)
    window.close_current()


def somebody_new(tour: Tour) -> int:
    """A customer who has no plans yet."""
    from desk.services.customers import AddressDraft, CustomerKind, RecordDraft, RegisterCustomer

    record = RecordDraft(kind=CustomerKind.PERSON, name="Clara Souza Monteiro", business_unit_id=1, default_due_day=10)
    address = AddressDraft(zip="87013060", street="Avenida Brasil", number="410", district="Zona 01", city_id=1)
    made: list[int] = []
    tour.shell.desk.do(
        RegisterCustomer(record=record, document="52998224725", address=address),
        owner=tour.shell.window,
        done=lambda done: made.append(done.customer_id),
    )
    tour.until(lambda: made, "a new customer")
    return made[0]


def customer_dialogs(tour: Tour) -> None:
    """Editors of the customer."""
    desk, window = tour.shell.desk, tour.shell.window
    tour.over("novo-cliente", lambda: desk.run_action("customers.new"))
    window.current.go("record")
    tour.calm()
    page = window.current.stack.currentWidget()
    tour.over("editar-cadastro", page.edit)
    window.current.go("plans")


def settings(tour: Tour) -> None:
    """Each page of the Painel de Configurações, and the editor of a product."""
    for page in settings_pages():
        tour.over(f"configuracoes-{page.id.replace('_', '-')}", partial(tour.shell.show_settings, page.id))


def program_dialogs(tour: Tour) -> None:
    """Entregas, Divergências da Rede, help, keys, own password."""
    shell = tour.shell
    with trouble(tour):
        tour.over("entregas", shell.show_deliveries)
    tour.over("divergencias", lambda: shell.desk.run_action("drift.open"), _others_too)
    tour.over("ajuda", shell.show_help)
    tour.over("atalhos", shell.show_shortcuts)
    tour.over("trocar-senha", shell.change_password)


def _others_too(drift: Any) -> None:
    """What is not Desk's is counted and, when asked for, listed."""
    drift.others.click()
    drift.table.selectRow(0)


@contextmanager
def trouble(tour: Tour) -> Iterator[None]:
    """One router hangs up and another has forgotten Desk's password, while customers are suspended behind them all."""
    desk, (silent, refusing, *_) = tour.shell.desk, tour.desktop.routers.values()
    known = dict(refusing.users)
    silent.faults.close_on_accept = True
    refusing.users.clear()
    plans = [plan for plan in _plans(tour, SUSPENDED) if plan.enabled and plan.logins]
    for plan in plans:
        order = SuspendPlan(plan_id=plan.id, reason="A pedido do cliente", version=plan.version)
        desk.do(order, owner=tour.shell.window)
    tour.calm()
    tour.until(lambda: _owed(tour), "debts that were tried")
    try:
        yield
    finally:
        silent.faults.close_on_accept = False
        refusing.users.update(known)
    # As it was found: whoever walks through the same provider once more finds plans to suspend.
    mine = {plan.id for plan in plans}
    for plan in (each for each in _plans(tour, SUSPENDED) if each.id in mine):
        back = EnablePlan(plan_id=plan.id, reason="Fim da suspensão", version=plan.version)
        desk.do(back, owner=tour.shell.window)
    tour.calm()
    tour.until(
        lambda: all(plan.enabled for plan in _plans(tour, SUSPENDED) if plan.id in mine), "the plans enabled again"
    )


def _plans(tour: Tour, customers: Iterable[int]) -> list[PlanRow]:
    """All plans of these customers, read anew."""
    found: list[PlanRow] = []
    for customer_id in customers:
        asked: list[Any] = []
        query = CustomerPlanTree(customer_id)
        tour.shell.desk.ask(query, owner=tour.shell.window, done=asked.append, slot="trouble")
        tour.until(partial(bool, asked), "the plans of a customer")
        found += asked[0].plans
    return found


def _owed(tour: Tour) -> bool:
    """Whether one waits for a person and another for its next attempt."""
    found: list[Any] = []
    tour.shell.desk.ask(PendingDeliveries(), owner=tour.shell.window, done=found.append, slot="owed")
    tour.until(lambda: found, "what is owed")
    rows = found[0]
    return {row.due_at is None for row in rows if row.error} == {True, False} and not any(row.running for row in rows)


def delivery(tour: Tour, page: PlansPage) -> None:
    """Suspend and enable again, with the strip in sight."""
    desk = tour.shell.desk
    plan = page.plan_of(page.tree.current_node())
    desk.run_action("plans.suspend", plan)
    card = cast(Any, tour.dialog())
    tour.calm()
    card.form.set("reason", "A pedido do cliente")
    card._go()
    strip = tour.shell.window.current.strip
    tour.until(lambda: strip.isVisible() and strip.delivery is not None and strip.delivery.finished, "the delivery")
    # The tree hears of the change a moment after the strip does.
    tour.until(lambda: page.plan_of(page.tree.current_node()) != plan, "the plan's new state")
    tour.calm()
    tour.draw("entrega", tour.shell.window)
    strip.toggle_panel()
    tour.draw("entrega-detalhes", tour.shell.window, strip.panel)
    strip.panel.hide()
    strip.undo.emit()
    tour.calm()
