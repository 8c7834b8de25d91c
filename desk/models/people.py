"""People are database roles; permissions are rows, with the exact labels of domain 2.3 to 2.5."""

from __future__ import annotations

import datetime as dt
import enum

from sqlalchemy import ForeignKey, String, text
from sqlalchemy.orm import Mapped, mapped_column

from desk.models.base import Base, Versioned


class Section(enum.StrEnum):
    """Where a permission stands in the tree of the people screen."""

    PLANS = "Planos"
    CUSTOMERS = "Clientes"
    NETWORK = "Rede"
    PASSWORDS = "Senhas"
    BILLING = "Cobrança"
    CASH = "Caixa"
    ASSETS = "Patrimônio"
    TASKS = "Tarefas"
    SETTINGS = "Painel de Configurações"


class Permission(enum.StrEnum):
    """The label is the value; `code` is the key in the database."""

    # domain 2.3, in its order
    CONTRACT = "Contrato de Cliente"
    ADD_PLAN = "Adicionar Plano"
    ADD_SCHEDULED_TASK = "Adicionar Tarefa Agendada"
    EDIT_LAST_CLOSE = "Alterar Data de Último Fechamento"
    EDIT_FINE_IN_CONTRACT = "Alterar Multa Editar Contrato"
    DELETE_RADIUS_LOGIN = "Apagar Login de Radius"
    DELETE_PLAN = "Apagar Plano"
    DELETE_DOMAIN = "Apagar Domínio"
    PLAN_AUTHORISER = "Autorizador de Planos"
    CANCEL_PLAN = "Cancelar Plano"
    BUY_PRODUCTS = "Compra de Produtos"
    DISCOUNT = "Dar Descontos em Planos"
    EDIT_PLAN = "Editar Dados do Plano"
    EDIT_RADIUS_PASSWORD = "Editar Senha de Radius"
    EDIT_PLAN_STATUS = "Editar Status de Planos"
    EDIT_PLAN_IP = "Editar IP do Plano"
    EDIT_NEW_VALUE = "Editar Valor de Novo Plano"
    EDIT_DUE_DAY = "Editar Vencimento do Plano"
    DELETE_VOICE_TERMINAL = "Excluir Terminal de Voz"
    ENABLE_SUSPENDED = "Habilitar Planos Suspensos"
    ASSET_MOVEMENT = "Movimento de Patrimônio"
    CHANGE_CATALOG_PLAN = "Mudar Plano"
    TRANSFER_MENU = "Mudança de Plano do Cliente"
    NO_COMBO_EDIT = "Não Editar Combo Plano Habilitado"
    ASSETS = "Patrimônios"
    EDIT_CONTRACT_FINE = "Permite Alterar Multa Contrato"
    EDIT_INSTALLATION_FEE = "Permite Editar a Taxa de Instalação"
    FIND_ASSET = "Procurar Patrimônio"
    PLAN_STATUSES = "Status Planos"
    WITHHOLDING_TABLE = "Tabela de Retenção de Impostos"
    TASKS = "Tarefas"
    SCHEDULED_TASKS = "Tarefas Agendadas"
    TRANSFER_PLAN = "Trocar Dono de Plano"
    SWAP_CATALOG_PLAN = "Trocar Tipo de Plano ao Editar"
    SEE_CUSTOM_FIELD_PASSWORD = "Ver Senha Campo Extra"
    SEE_PAYABLES = "Ver Contas a Pagar"
    SEE_DOMAIN_PASSWORD = "Ver Senha Domínio"
    SEE_MAIL_PASSWORD = "Ver Senha E-Mail"
    SEE_FTP_PASSWORD = "Ver Senha do Login de FTP"
    SEE_RADIUS_PASSWORD = "Ver Senha Login Radius"
    # domain 2.4
    ALLOW_CIRCUIT = "Permite Circuito"
    ALLOW_TV = "Permite a Criação de Planos de TV"
    EQUIPMENT = "Equipamentos"
    # domain 2.5
    ACCESS_POINT_AUTHORISER = "Autorizador Clientes P. Acesso"
    EDIT_CANCEL_BILLING = "Alterar F.Cobrança P. Cancel"
    CUSTOMERS = "Clientes"
    EDIT_CUSTOMER = "Editar Cadastro de Cliente"
    NO_DOCUMENT_CHECK = "Não Validar CPF/CNPJ"
    CREATE_SERVICE = "Criar Serviço Adicional"
    DISCOUNT_RECEIVABLE = "Dar Desconto nas Contas a Receber"
    RECEIPT = "Fazer Recibo"
    PRINT_SLIP = "Imprimir Boleto Bancário"
    INSTALMENTS = "Permite Parcelar Dívidas"
    # The settings screens that the sources only name as screens
    USERS = "Usuários"
    VARIABLES = "Variáveis"
    CATALOG = "Planos e Serviços"
    ACCESS_POINTS = "Pontos de Acesso"
    ROUTING_SERVERS = "Servidores de Roteamento"

    @property
    def code(self) -> str:
        """Key of the row in `permissions`."""
        return self.name.lower()

    @property
    def negative(self) -> bool:
        """Holding it takes a capability away (domain 2.2)."""
        return self in (Permission.NO_COMBO_EDIT,)

    @property
    def section(self) -> Section:
        """Branch of the permission tree."""
        return SECTIONS[self]

    @classmethod
    def by_code(cls, code: str) -> Permission:
        """The member whose database key is `code`; KeyError when there is none."""
        return cls[code.upper()]


_P = Permission
_BY_SECTION: dict[Section, tuple[Permission, ...]] = {
    Section.CUSTOMERS: (_P.CUSTOMERS, _P.EDIT_CUSTOMER, _P.NO_DOCUMENT_CHECK, _P.TRANSFER_MENU, _P.TRANSFER_PLAN),
    Section.NETWORK: (
        _P.EDIT_PLAN_IP,
        _P.DELETE_RADIUS_LOGIN,
        _P.EDIT_RADIUS_PASSWORD,
        _P.DELETE_DOMAIN,
        _P.DELETE_VOICE_TERMINAL,
        _P.ALLOW_CIRCUIT,
        _P.ALLOW_TV,
        _P.ACCESS_POINT_AUTHORISER,
    ),
    Section.PASSWORDS: (
        _P.SEE_RADIUS_PASSWORD,
        _P.SEE_MAIL_PASSWORD,
        _P.SEE_FTP_PASSWORD,
        _P.SEE_DOMAIN_PASSWORD,
        _P.SEE_CUSTOM_FIELD_PASSWORD,
    ),
    Section.BILLING: (
        _P.CONTRACT,
        _P.EDIT_LAST_CLOSE,
        _P.EDIT_FINE_IN_CONTRACT,
        _P.EDIT_CONTRACT_FINE,
        _P.DISCOUNT,
        _P.EDIT_DUE_DAY,
        _P.EDIT_INSTALLATION_FEE,
        _P.WITHHOLDING_TABLE,
        _P.EDIT_CANCEL_BILLING,
        _P.SEE_PAYABLES,
    ),
    Section.CASH: (
        _P.CREATE_SERVICE,
        _P.DISCOUNT_RECEIVABLE,
        _P.RECEIPT,
        _P.PRINT_SLIP,
        _P.INSTALMENTS,
        _P.BUY_PRODUCTS,
    ),
    Section.ASSETS: (_P.ASSETS, _P.ASSET_MOVEMENT, _P.FIND_ASSET, _P.EQUIPMENT),
    Section.TASKS: (_P.TASKS, _P.SCHEDULED_TASKS, _P.ADD_SCHEDULED_TASK),
    Section.SETTINGS: (_P.USERS, _P.VARIABLES, _P.PLAN_STATUSES, _P.CATALOG, _P.ACCESS_POINTS, _P.ROUTING_SERVERS),
}
SECTIONS: dict[Permission, Section] = dict.fromkeys(Permission, Section.PLANS) | {
    permission: section for section, permissions in _BY_SECTION.items() for permission in permissions
}


class Person(Versioned, Base):
    """One person, or one service: a database role of the same name."""

    __tablename__ = "people"

    role: Mapped[str] = mapped_column(String(63), primary_key=True)
    full_name: Mapped[str] = mapped_column(String(80))
    job: Mapped[str] = mapped_column(String(60), server_default=text("''"))
    active: Mapped[bool] = mapped_column(server_default=text("true"))
    service: Mapped[bool] = mapped_column(server_default=text("false"))
    seller: Mapped[bool] = mapped_column(server_default=text("false"))
    must_change_password: Mapped[bool] = mapped_column(server_default=text("false"))
    password_by: Mapped[str | None] = mapped_column(String(63))
    password_at: Mapped[dt.datetime | None]

    __mapper_args__ = {"version_id_col": Versioned.version, "version_id_generator": False}


class PermissionRow(Base):
    """A permission as the database knows it: code, label, section."""

    __tablename__ = "permissions"

    code: Mapped[str] = mapped_column(String(60), primary_key=True)
    label: Mapped[str] = mapped_column(String(80), unique=True)
    section: Mapped[str] = mapped_column(String(40))
    negative: Mapped[bool] = mapped_column(server_default=text("false"))
    position: Mapped[int] = mapped_column(server_default=text("0"))


class Grant(Base):
    """That a person holds a permission."""

    __tablename__ = "person_permissions"

    role: Mapped[str] = mapped_column(String(63), ForeignKey("people.role"), primary_key=True)
    permission: Mapped[str] = mapped_column(String(60), ForeignKey("permissions.code"), primary_key=True)
