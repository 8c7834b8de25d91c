"""Variáveis: parameters of the whole installation, with the exact labels of domain 3.1 and 3.2."""

from __future__ import annotations

import enum

from sqlalchemy import CheckConstraint, String, text
from sqlalchemy.orm import Mapped, mapped_column

from desk.models.base import Base, Versioned


class Variable(enum.StrEnum):
    """The label is the value; the code in the database is the member's name in lower case."""

    START_DATE_AFTER_TRIAL = "Alterar a Data ao Habilitar após Experimentar"
    FORBID_LOGIN_ACCENTS = "Bloquear Acentos em Logins de Radius"
    COPY_CUSTOM_FIELDS = "Copiar Campos Extras de Planos"
    EVENT_ON_ENABLE = "Criar Evento ao Habilitar o Plano do Cliente"
    PROGRESSIVE_DISCOUNT_SURVIVES = "Dar Descontos Progressivos Mesmo com Mudança Plano"
    INACTIVATE_WITH_LAST_PLAN = "Inativar Cliente ao Cancelar Último Plano"
    LOGIN_REQUIRED = "Login de Radius Obrigatório no Cadastro de Clientes e Planos"
    NO_CANCEL_WITH_EQUIPMENT = "Não Cancelar Planos com Equipamento"
    DELETE_ACCESS_POINT_OF_CANCELLED = "Permite Apagar Ponto de Acesso que tenha Planos Cancelados"
    INACTIVATE_WITH_PLANS = "Permite Inativar Cliente com Planos Não Cancelados"
    TEMPORARY_SUSPENSION = "Permite Usar o Status Suspensão Temporária"
    SERVICE_OWN_BILLING_METHOD = "Serviço Adicional Não Utilizar Forma de Cobrança do Plano"
    ASK_VALUE_DETAIL_TRANSFER = "Verificar no Plano Transferência de Acréscimo ou Desconto"
    LIMIT_CUSTOMERS = "Limitar Clientes"
    MOBILE_REQUIRED = "Celular Obrigatório no Cadastro do Cliente"
    BIRTH_DATE_REQUIRED = "Data de Nascimento Obrigatória"
    EMAIL_REQUIRED = "E-Mail Obrigatório no Cadastro do Cliente"
    MOTHER_REQUIRED = "Nome da Mãe Obrigatório no Cadastro do Cliente"
    FATHER_REQUIRED = "Nome do Pai Obrigatório no Cadastro do Cliente"
    PHONE_REQUIRED = "Telefone Obrigatório no Cadastro do Cliente"
    # ST-17: the sources name the rule of the self-care site and call the days configurable; these two hold them.
    PROVISIONAL_DAYS = "Dias de Habilitação Provisória"
    PROVISIONAL_GAP_DAYS = "Dias entre Habilitações Provisórias"
    # domain 7.9: what regulation says of a suspension at the customer's wish; 0 for the last two: no limit.
    SUSPENSION_MIN_DAYS = "Mínimo de Dias de Suspensão Temporária"
    SUSPENSION_MAX_DAYS = "Máximo de Dias de Suspensão Temporária"
    SUSPENSION_PER_YEAR = "Suspensões Temporárias em 12 Meses"
    # domain 6.13, and the share of its speed that a throttled plan keeps.
    THROTTLE_PERCENT = "Velocidade Reduzida (% da contratada)"
    SPEED_DAYS = "Dias de Velocidade Restabelecida"
    SPEED_GAP_DAYS = "Dias entre Velocidades Restabelecidas"
    # Design D2: whether authorisers may be asked for their password where the clerk sits.
    AUTHORISE_OWN_DESK_ONLY = "Autorizador Só Autoriza na Própria Mesa"

    @property
    def code(self) -> str:
        """Key of the row."""
        return self.name.lower()

    @property
    def type(self) -> str:
        """'S/N' or 'número'."""
        return "número" if self in _NUMBERS else "S/N"

    @property
    def default(self) -> str:
        """N throughout, that is, the behaviour without the feature (domain 3)."""
        return _NUMBERS.get(self, "N")

    @property
    def waits_for(self) -> str:
        """The part of the program that it belongs to and that is not there yet; empty for what has its effect."""
        return _WAITING.get(self, "")

    @property
    def section(self) -> str:
        """Heading of the settings screen."""
        if self.code.endswith("_required") and self is not Variable.LOGIN_REQUIRED:
            return "Cadastro de clientes"
        return "Planos"


_NUMBERS = {
    Variable.PROVISIONAL_DAYS: "5",
    Variable.PROVISIONAL_GAP_DAYS: "25",
    Variable.SUSPENSION_MIN_DAYS: "30",
    Variable.SUSPENSION_MAX_DAYS: "120",
    Variable.SUSPENSION_PER_YEAR: "1",
    Variable.THROTTLE_PERCENT: "10",
    Variable.SPEED_DAYS: "3",
    Variable.SPEED_GAP_DAYS: "30",
}


# Domain 3.1 names them, so they can be set; whoever does must be told that nothing comes of it yet.
_WAITING = {
    Variable.COPY_CUSTOM_FIELDS: "os campos extras",
    Variable.EVENT_ON_ENABLE: "o Financeiro",
    Variable.PROGRESSIVE_DISCOUNT_SURVIVES: "os descontos progressivos",
    Variable.INACTIVATE_WITH_LAST_PLAN: "Cancelar Plano",
    Variable.NO_CANCEL_WITH_EQUIPMENT: "os equipamentos",
    Variable.SERVICE_OWN_BILLING_METHOD: "os serviços adicionais",
}


class SystemVariable(Versioned, Base):
    """One variable: S or N, or a number."""

    __tablename__ = "variables"
    __table_args__ = (
        CheckConstraint(
            "(type = 'S/N' AND value IN ('S', 'N')) OR (type = 'número' AND value ~ '^[0-9]{1,9}$')", name="value"
        ),
    )

    code: Mapped[str] = mapped_column(String(60), primary_key=True)
    label: Mapped[str] = mapped_column(String(100), unique=True)
    section: Mapped[str] = mapped_column(String(60))
    type: Mapped[str] = mapped_column(String(10), server_default=text("'S/N'"))
    value: Mapped[str] = mapped_column(String(40))
    default_value: Mapped[str] = mapped_column(String(40))
    help: Mapped[str] = mapped_column(String(400), server_default=text("''"))
    position: Mapped[int] = mapped_column(server_default=text("0"))

    __mapper_args__ = {"version_id_col": Versioned.version, "version_id_generator": False}
