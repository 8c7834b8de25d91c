"""Draws every widget of desk.ui.core, light and dark, for people to look at: python tests/ui/core/gallery.py FOLDER."""

from __future__ import annotations

import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

from PySide6.QtWidgets import QApplication, QWidget

from desk.ui.core.app import make_application
from desk.ui.core.theme import Scheme

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
        Choice,
        ComboField,
        DateField,
        DocumentField,
        IpField,
        MacField,
        MoneyField,
        PasswordField,
        PhoneField,
    )
    from desk.ui.core.labels import button

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
    from desk.ui.core.labels import button
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
