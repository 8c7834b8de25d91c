"""Draws every widget of desk.ui.core, light and dark, for people to look at: python tests/ui/core/gallery.py FOLDER."""

from __future__ import annotations

import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

from PySide6.QtWidgets import QApplication, QCheckBox, QFrame, QRadioButton, QSpinBox, QVBoxLayout, QWidget

from desk.ui.core.actions import Action, ActionRegistry, build_menu
from desk.ui.core.app import make_application
from desk.ui.core.background import TaskRunner
from desk.ui.core.cards import Card, Fact, FieldGrid, upright
from desk.ui.core.change_card import CardFacts, Caution, ChangeCard, Line, Section
from desk.ui.core.desk import Desk
from desk.ui.core.icons import Status
from desk.ui.core.inputs import Choice
from desk.ui.core.labels import Chip, IconLabel, Label, button, icon_button, row
from desk.ui.core.strip import Delivery, DeliveryPanel, DeliveryStrip, Step
from desk.ui.core.table import Column, TableView
from desk.ui.core.tabs import DocumentTabs, PillBar, Segments, UnderlinedTabs
from desk.ui.core.theme import Scheme
from desk.ui.core.tree import Node, Part, root
from desk.ui.core.tree_view import PlanTreeView

PICTURES: dict[str, Callable[[], QWidget]] = {}


def picture(made: Callable[[], QWidget]) -> Callable[[], QWidget]:
    PICTURES[made.__name__] = made
    return made


@picture
def form_dialog() -> QWidget:
    from desk.ui.core.fields import NoteField, TextField, YesNoField
    from desk.ui.core.forms import Form, FormDialog
    from desk.ui.core.inputs import (
        CepField,
        ComboField,
        DateField,
        DocumentField,
        IpField,
        MacField,
        MoneyField,
        PasswordField,
        PhoneField,
    )

    dialog = FormDialog("Novo Nº de IP do Cliente")
    form = Form()
    form.add(ComboField("ap", "Ponto de Acesso", [Choice(1, "POP Alvorada — RT-ALVORADA-02")]), span=2)
    ip = form.add(IpField("ip", "IP", mandatory=True, hint="Livre. Próximo da faixa 177.10.20.0/24"))
    ip.line.insertWidget(1, button("Próximo livre", icon="magic-wand"))
    form.add(ComboField("mask", "Máscara", [Choice(30, "255.255.255.252 (/30)")], mandatory=True, search=True))
    form.add(MacField("mac", "MAC Address", mandatory=True))
    form.add(TextField("gear", "Equipamento", placeholder="ex.: Roteador da sala"))
    form.add(DateField("start", "Data Início", mandatory=True))
    price = form.add(MoneyField("price", "Valor", mandatory=True))
    form.add(DocumentField("doc", "CPF/CNPJ"))
    form.add(PhoneField("phone", "Telefone"))
    form.add(CepField("cep", "CEP"))
    form.add(PasswordField("pw", "Senha", generate=True, copy=True))
    form.add(YesNoField("nat", "NAT", sentence="tradução de endereço"))
    form.add(YesNoField("fw", "Firewall", sentence="regras padrão do ponto"))
    form.add(NoteField("note", "Observação", placeholder="opcional; fica no Histórico"), span=2)
    from datetime import date

    form.bind(
        {
            "ap": 1, "ip": "177.10.20.34", "mask": 30, "mac": "3C:84:6A:1F:09:G2", "start": date(2026, 7, 15),
            "price": Decimal("129.90"), "doc": "52998224725", "phone": "44998712043", "cep": "87013000",
            "pw": "k7Rm2xPa", "nat": True, "fw": False,
        }
    )  # fmt: skip
    price.set_read_only(True, "Editar Valor de Novo Plano")
    dialog.body.addWidget(form)
    dialog.hold(form, whose="INTERNET FIBRA 500 MB – Casa")
    dialog.set_primary(button("Salvar", kind="primary"))
    form.check()
    return dialog


@picture
def refusal() -> QWidget:
    from desk.ui.core.message_box import MessageBox
    from desk.ui.core.messages import Link, Text

    box = MessageBox(
        Text(
            "O plano não foi apagado",
            "Plano possui registros vinculados e não pode ser apagado: bloqueado por 1 domínio e 1 usuário de FTP.",
            "Apague os dois itens primeiro, ou cancele o plano: o cancelamento guarda o histórico.",
            "PL-40",
            (Link("nogueiradoces.com.br", "x", icon="globe-simple"), Link("ftp_nogueira", "x", icon="folder-notch")),
            "HOSPEDAGEM 10 GB · Maria Aparecida Nogueira",
        ),
        title="Apagar o Plano",
    )
    first = box.set_primary(button("Mostrar itens", kind="primary"))
    box.add_button(button("Cancelar o Plano"))
    first.setFocus()
    return box


@picture
def empty() -> QWidget:
    from desk.ui.core.cards import EmptyState

    made = EmptyState(
        "tree-structure", "Este cliente ainda não tem planos", "O primeiro plano leva menos de um minuto.",
        act="Criar Novo Plano", key="Ctrl+N",
    )  # fmt: skip
    made.resize(500, 240)
    return made


def plans_tree() -> Node:
    """The tree of the reference picture."""
    part, top = Part, root()
    enabled = part("Serviço Habilitado", "ok", "check-circle-fill", strong=True)
    active = top.add(Node(kind="group", key="active", text="Planos Ativos (4)", shape="group"))
    fibre = active.add(
        Node(kind="plan", key=1, text="INTERNET FIBRA 500 MB – Casa", shape="plan", icon="globe-hemisphere-west",
             second=(enabled, part("· R$ 119,90 · vence dia 10")))
    )  # fmt: skip
    online = part("online há 3 d 4 h", "ok", "circle-fill")
    fibre.add(Node(kind="radius_login", key=2, text="maria.nogueira", code=True, icon="key", right=(online,)))
    pending = part("pendente", "warn", "clock-fill", chip=True)
    offline = part("offline", "text2", "circle")
    fibre.add(
        Node(kind="radius_login", key=3, text="maria.camera", noun="Login", code=True, icon="key",
             right=(offline, pending))
    )  # fmt: skip
    mail = fibre.add(
        Node(kind="mailbox", key=4, text="maria@serranet.com.br", icon="envelope-simple", right=(part("1,2 de 2 GB"),))
    )
    mail.add(
        Node(kind="alias", key=5, text="contato@serranet.com.br", icon="at",
             right=(part("maria@serranet.com.br", icon="arrow-right"),))
    )  # fmt: skip
    mac = part("3C:84:6A:1F:09:B2", code=True)
    fibre.add(Node(kind="ip", key=6, text="177.10.20.30/30", code=True, icon="hash-straight", right=(mac,)))
    fibre.add(Node(kind="circuit", key=7, text="MGA001234-001", code=True, icon="flow-arrow"))
    tv = active.add(
        Node(kind="plan", key=8, text="TV ESSENCIAL + PLAYHUB – Casa", shape="plan", icon="television", open=False,
             second=(enabled, part("· R$ 49,90 · vence dia 10")))
    )  # fmt: skip
    tv.add(Node(kind="set_top_box", key=9, text="caixa"))
    voice = active.add(
        Node(kind="plan", key=10, text="VOZ FIXA BRASIL – Casa", shape="plan", icon="phone", open=False,
             second=(part("Em Instalação", "violet", "wrench-fill", chip=True), part("R$ 29,90")),
             right=(part("visita 17/07 manhã", "violet", "calendar-check"),))
    )  # fmt: skip
    voice.add(Node(kind="carrier", key=11, text="c"))
    idle = top.add(Node(kind="group", key="inactive", text="Planos Inativos (1)", shape="group"))
    shop = idle.add(
        Node(kind="plan", key=12, text="INTERNET FIBRA 300 MB – Loja Centro", shape="plan",
             icon="globe-hemisphere-west", open=False,
             second=(part("Suspenso por Débito", "bad", "currency-circle-dollar-fill", chip=True), part("R$ 99,90")),
             right=(part("habilitado até 18/07", "warn", "timer"),))
    )  # fmt: skip
    shop.add(Node(kind="radius_login", key=13, text="x"))
    gone = top.add(Node(kind="group", key="gone", text="Planos Cancelados (2)", shape="group", open=False))
    gone.add(Node(kind="plan", key=14, text="VELHO", shape="plan"))
    return top


@picture
def main_window() -> QWidget:
    tabs = DocumentTabs()
    window = QWidget()
    window.resize(1366, 640)
    outer = QVBoxLayout(window)
    outer.setContentsMargins(0, 0, 0, 0)
    outer.setSpacing(0)
    tabs.setParent(window)
    tabs.add("Maria Aparecida Nogueira", "user", 1)
    tabs.add("Padaria Pão da Serra Ltda", "buildings", 2)
    tabs.set_dot(tabs.add("João Carlos Petri", "user", 3), True)
    top = row(12, tabs, None, button("Comandos", kind="flat", icon="command"), icon_button("question", "Ajuda"), 12)
    outer.addLayout(top)
    head = QFrame()
    head.setObjectName("head")
    inner = QVBoxLayout(head)
    inner.setContentsMargins(20, 8, 20, 0)
    inner.addLayout(row(Label("Maria Aparecida Nogueira", "title"), Chip("Ativo", "ok", "check-circle-fill"), None))
    areas = UnderlinedTabs(["&Cadastro", "&Planos", "&Financeiro", "&Histórico"])
    areas.setCurrentIndex(1)
    add = button("Acrescentar Plano", kind="primary", icon="plus")
    inner.addLayout(row(areas, None, button("Atualizar", kind="flat", icon="arrow-clockwise"), add))
    outer.addWidget(head)
    tree = PlanTreeView()
    tree.setFixedWidth(469)
    tree.show_tree(plans_tree())
    tree.select(1)
    tree.setFocus()
    panel = QWidget()
    column = QVBoxLayout(panel)
    column.setContentsMargins(16, 10, 16, 10)
    column.setSpacing(12)
    status = Chip()
    status.set_status(Status("HABILITADO", "Serviço Habilitado"), filled=True)
    column.addLayout(
        row(IconLabel("globe-hemisphere-west", "text", 18), Label("INTERNET FIBRA 500 MB – Casa", "subtitle"), status,
            None, button("Editar", icon="pencil-simple"), button("Mudar Plano", icon="swap"),
            button("Cancelar o Plano", icon="x-circle"), icon_button("dots-three", "Mais"))
    )  # fmt: skip
    column.addWidget(PillBar(["Detalhe", "Informação de Cobrança", "Itens do Plano", "Endereços", "Faturamento"]))
    detail, billing = Card("Detalhe"), Card("Informação de Cobrança")
    detail.body.addWidget(
        FieldGrid(
            [Fact("Número do plano", "001", code=True), Fact("Data Início", "12/03/2023"),
             Fact("Ponto de Acesso", "POP Alvorada", note="412 de 500"), Fact("Velocidade", "500 / 250 Mbps")]
        )
    )  # fmt: skip
    detail.body.addStretch(1)
    billing.body.addWidget(
        FieldGrid(
            [Fact("Forma Pagamento", "Boleto registrado"), Fact("Cód.Identificador", "000001234", code=True),
             Fact("Valor do plano", "129,90", money=True, line=True),
             Fact("Desconto", "−10,00", money=True, note="até 12/2026"),
             Fact("Total por mês", "R$ 119,90", money=True, strong=True)]
        )
    )  # fmt: skip
    across = row(detail, billing, spacing=12)
    column.addLayout(across)
    items = Card("Itens do Plano")
    items.head.addWidget(Label("Franquia 214 de 1.000 GB", "caption", "text2"))
    items.head.addWidget(button("Adicionar", kind="link", icon="plus"))
    rows = [("Login", "maria.nogueira", "Online há 3 d 4 h", "ok", "14/03/2023", "key"),
            ("Login", "maria.camera", "Pendente no RADIUS", "warn", "15/07/2026", "key"),
            ("IP", "177.10.20.30/30", "MAC 3C:84:6A:1F:09:B2", "text", "20/11/2024", "hash-straight")]  # fmt: skip
    table = TableView(
        [Column(head="Tipo", text=lambda r: r[0], icon=lambda r: r[5], width=112),
         Column(head="Descrição", text=lambda r: r[1], width=260, code=True),
         Column(head="Situação", text=lambda r: r[2], tone=lambda r: r[3], width=240),
         Column(head="Data", text=lambda r: r[4], stretch=True)]
    )  # fmt: skip
    table.show_rows(rows)
    table.fit_height()
    items.body.addWidget(table)
    column.addWidget(items)
    column.addStretch(1)
    line = row(tree, upright(), panel, spacing=0)
    line.setStretchFactor(panel, 1)
    outer.addLayout(line, 1)
    strip = DeliveryStrip()
    strip.show_delivery(delivery())
    outer.addWidget(strip)
    return window


def delivery() -> Delivery:
    """The delivery of the reference picture."""
    return Delivery(
        act="Plano suspenso com sucesso", heading="Suspender Plano · 14:32:07 · Ana Paula", undo_seconds=272,
        steps=(
            Step(name="Salvo", state="done", thing="plano 001", said="Salvo", proof="gravado no Histórico",
                 time="14:32:07"),
            Step(name="RADIUS", state="done", thing="maria.nogueira", said="Feito: bloqueado",
                 proof="vale já na próxima autenticação", time="14:32:07"),
            Step(name="Conexão", state="delivering", thing="177.10.20.30", said="Encerrando…", reason="encerrando…",
                 proof="pedido aceito; esperando a prova do fim da sessão", time="2 s"),
            Step(name="MikroTik", state="failed", thing="RT-ALVORADA-02", said="Sem resposta (10.20.0.2, 3 s)",
                 reason="sem resposta, nova tentativa em 30 s",
                 proof="nova tentativa em 30 s, por este ou outro computador", time="14:32:10", key=7),
        ),
    )  # fmt: skip


@picture
def delivery_panel() -> QWidget:
    panel = DeliveryPanel()
    panel.show_delivery(delivery())
    panel.adjustSize()
    return panel


@picture
def menu() -> QWidget:
    def act(id: str, label: str, icon: str, group: int, key: str = "", why: str = "", bad: bool = False) -> Action:
        return Action(id=id, label=label, menu="plan", run=lambda d, r: None, icon=icon, group=group, shortcut=key,
                      enabled=lambda r: why, destructive=bad)  # fmt: skip

    actions = [
        act("1", "Abrir", "arrow-square-out", 1, "Enter"),
        act("2", "Cadastrar Login de Radius", "key", 2, "Ctrl+L"),
        act("3", "Cadastrar Novo E-mail Adicional", "envelope-simple", 2),
        act("4", "Cadastrar Novo IP", "hash-straight", 2, "Ctrl+I"),
        act("5", "Movimento de Patrimônio", "package", 3, "", "Falta a permissão “Movimento de Patrimônio”"),
        act("6", "Suspender Plano", "pause-circle", 4),
        act("7", "Habilitar Plano", "play-circle", 4, "", "O plano já está habilitado"),
        act("8", "Cancelar o Plano", "x-circle", 5, bad=True),
        act("9", "Apagar o Plano", "trash", 5, "", "Bloqueado por 2 logins, 2 e-mails, 1 IP e 1 circuito", True),
    ]
    desk = Desk(None, ActionRegistry(actions), TaskRunner())
    above = QWidget()
    made = build_menu(desk, "plan", 1, above)
    made.above = above
    made.desk = desk
    made.setActiveAction(made.actions()[4])
    return made


@picture
def change_card() -> QWidget:
    money = Section(
        title="Dinheiro", icon="money", note="em R$",
        lines=(
            Line(key="1", text="Plano até hoje", detail="20 de 30 dias de 129,90 (25/06 a 15/07)", amount="86,60"),
            Line(key="2", text="Desconto", detail="20 de 30 dias de 10,00", amount="−6,67"),
            Line(key="3", text="Fatura de 10/08/2026", detail="em vez de 119,90", amount="79,93", strong=True,
                 line_above=True),
            Line(key="4", text="Faturas seguintes", detail="enquanto o plano estiver suspenso", amount="0,00",
                 strong=True),
            Line(key="5", text="Multa", detail="não há multa por suspensão; a fidelidade continua até 14/03/2027",
                 amount="0,00", line_above=True),
        ),
    )  # fmt: skip
    network = Section(
        title="Rede", icon="share-network", note="conferido às 14:32", refresh=True,
        lines=(
            Line(key="1", text="RADIUS", note="maria.nogueira", icon="key", old="acesso permitido", new="bloqueado"),
            Line(key="2", text="Conexão", note="177.10.20.30", icon="lightning", old="online há 3 d 4 h",
                 new="encerrada agora"),
            Line(key="3", text="MikroTik", note="RT-ALVORADA-02", icon="hard-drives",
                 new="+ lista “suspensos”: 177.10.20.30/30",
                 warning="Não respondeu agora. A mudança será entregue quando ele voltar."),
            Line(key="4", text="Sem mudança: 2 e-mails, circuito MGA001234-001", quiet=True),
        ),
    )  # fmt: skip
    card = ChangeCard(
        CardFacts(
            title="Suspender Plano", subject="INTERNET FIBRA 500 MB – Casa",
            customer="Maria Aparecida Nogueira · 001234 · Plano nº 001",
            old_status=Status("HABILITADO", "Serviço Habilitado"),
            new_status=Status("SUSPENSO", "Suspenso"), sections=(money, network),
            warnings=(Caution(text="A fatura de 20/06/2026, de R$ 99,90, continua em aberto.",
                              link="Ver no Financeiro"),),
            sentence=("Suspender", "INTERNET FIBRA 500 MB – Casa", "Maria Aparecida Nogueira"),
            verb="Suspender Plano", verb_icon="pause-circle", reasons=(Choice(1, "A pedido do cliente"),),
        )
    )  # fmt: skip
    card.reason.set_value(1)
    return card


@picture
def wizard() -> QWidget:
    from desk.ui.core.fields import TextField
    from desk.ui.core.inputs import ComboField, MoneyField
    from desk.ui.core.wizards import FlowWizard, StepText, WizardPage

    first = WizardPage("Detalhe", mandatory_note=True)
    first.form.add(TextField("start", "Data Início", mandatory=True))
    first.form.add(ComboField("unit", "Unidade de Negócios", [Choice(1, "Maringá")], mandatory=True))
    first.form.add(
        ComboField("plan", "Plano/Serviço", [Choice(1, "INTERNET FIBRA 500 MB")], mandatory=True, search=True)
    )
    first.form.add(MoneyField("value", "Valor", mandatory=True, width=0)).set_read_only(
        True, "Editar Valor de Novo Plano"
    )
    first.form.add(TextField("reference", "Referência do Plano", placeholder="ex.: Casa, Loja Centro"))
    first.form.bind({"start": "15/07/2026", "unit": 1, "plan": 1, "value": Decimal("129.90")})
    side = Card("Quanto vem", icon="receipt")
    costs = [
        Fact("Proporcional", "43,30", money=True),
        Fact("A partir de 10/11", "129,90", money=True, strong=True),
    ]
    side.body.addWidget(FieldGrid(costs, caption_width=120))
    pages = [(1, StepText("Detalhe", "plano, valor, login"), first),
             (2, StepText("Cobrança", "pagamento e boleto"), WizardPage("Cobrança")),
             (3, StepText("Resumo", "conferir e finalizar"), WizardPage("Resumo"))]  # fmt: skip
    return FlowWizard("Novo Plano/Serviço", steps=pages, next_step=lambda at, draft: at + 1 if at < 3 else None,
                      draft={}, whose="Maria Aparecida Nogueira (001234)", side=side)  # fmt: skip


@picture
def sign_in() -> QWidget:
    from desk.ui.core.cards import NoteBar
    from desk.ui.core.fields import TextField
    from desk.ui.core.inputs import PasswordField

    window = QWidget()
    window.setObjectName("surface")
    column = QVBoxLayout(window)
    column.setContentsMargins(32, 24, 32, 24)
    column.setSpacing(10)
    column.addWidget(NoteBar("Usuário ou senha não confere.", "bad"))
    column.addWidget(TextField("user", "Usuário", mandatory=True))
    column.addWidget(PasswordField("password", "Senha", mandatory=True))
    box = QCheckBox("Lembrar meu usuário neste computador")
    box.setChecked(True)
    column.addWidget(box)
    column.addWidget(QRadioButton("Uma"))
    radio = QRadioButton("Outra")
    radio.setChecked(True)
    column.addWidget(radio)
    column.addWidget(button("Entrar", kind="tall"))
    column.addWidget(button("Entrar com a conta do Windows", icon="desktop"))
    column.addWidget(Segments(["Sim", "Não"]))
    column.addWidget(QSpinBox())
    window.resize(420, 470)
    return window


def main(folder: Path) -> None:
    """Draw all pictures in both schemes."""
    folder.mkdir(parents=True, exist_ok=True)
    made = make_application(collect=False)
    only = sys.argv[2:]
    for scheme in (Scheme.LIGHT, Scheme.DARK):
        made.theme.set_scheme(scheme)
        made.theme.apply()
        for name, build in PICTURES.items():
            if only and name not in only:
                continue
            widget = build()
            widget.show()
            widget.activateWindow()
            for _ in range(3):
                QApplication.processEvents()
            shown = widget.grab()
            shown.save(str(folder / f"{name}-{scheme.name.lower()}.png"))
            widget.hide()
            widget.deleteLater()
            QApplication.processEvents()
    made.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
