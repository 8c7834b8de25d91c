"""Names that an administrator looks for, letter by letter as the sources have them (domain 2.3, 2.5, 3.1)."""

from __future__ import annotations

from desk.models.people import Permission
from desk.models.variables import Variable

# Number 7 of the sources is one entry that stands for two permissions.
PERMISSIONS = (
    "Contrato de Cliente",
    "Adicionar Plano",
    "Adicionar Tarefa Agendada",
    "Alterar Data de Último Fechamento",
    "Alterar Multa Editar Contrato",
    "Apagar Login de Radius",
    "Apagar Plano",
    "Apagar Domínio",
    "Autorizador de Planos",
    "Cancelar Plano",
    "Compra de Produtos",
    "Dar Descontos em Planos",
    "Editar Dados do Plano",
    "Editar Senha de Radius",
    "Editar Status de Planos",
    "Editar IP do Plano",
    "Editar Valor de Novo Plano",
    "Editar Vencimento do Plano",
    "Excluir Terminal de Voz",
    "Habilitar Planos Suspensos",
    "Movimento de Patrimônio",
    "Mudar Plano",
    "Mudança de Plano do Cliente",
    "Não Editar Combo Plano Habilitado",
    "Patrimônios",
    "Permite Alterar Multa Contrato",
    "Permite Editar a Taxa de Instalação",
    "Procurar Patrimônio",
    "Status Planos",
    "Tabela de Retenção de Impostos",
    "Tarefas",
    "Tarefas Agendadas",
    "Trocar Dono de Plano",
    "Trocar Tipo de Plano ao Editar",
    "Ver Senha Campo Extra",
    "Ver Contas a Pagar",
    "Ver Senha Domínio",
    "Ver Senha E-Mail",
    "Ver Senha do Login de FTP",
    "Ver Senha Login Radius",
)
OF_LINKED_PAGES = (
    "Autorizador Clientes P. Acesso",
    "Alterar F.Cobrança P. Cancel",
    "Clientes",
    "Editar Cadastro de Cliente",
    "Não Validar CPF/CNPJ",
    "Criar Serviço Adicional",
    "Dar Desconto nas Contas a Receber",
    "Fazer Recibo",
    "Imprimir Boleto Bancário",
    "Permite Parcelar Dívidas",
)
VARIABLES = (
    "Alterar a Data ao Habilitar após Experimentar",
    "Bloquear Acentos em Logins de Radius",
    "Copiar Campos Extras de Planos",
    "Criar Evento ao Habilitar o Plano do Cliente",
    "Dar Descontos Progressivos Mesmo com Mudança Plano",
    "Inativar Cliente ao Cancelar Último Plano",
    "Login de Radius Obrigatório no Cadastro de Clientes e Planos",
    "Não Cancelar Planos com Equipamento",
    "Permite Apagar Ponto de Acesso que tenha Planos Cancelados",
    "Permite Inativar Cliente com Planos Não Cancelados",
    "Permite Usar o Status Suspensão Temporária",
    "Serviço Adicional Não Utilizar Forma de Cobrança do Plano",
    "Verificar no Plano Transferência de Acréscimo ou Desconto",
)


def test_permissions_are_called_as_the_sources_call_them() -> None:
    assert len(PERMISSIONS) == 40
    assert not {*PERMISSIONS, *OF_LINKED_PAGES} - {permission.value for permission in Permission}


def test_variables_are_called_as_the_sources_call_them() -> None:
    assert len(VARIABLES) == 13
    assert not set(VARIABLES) - {variable.value for variable in Variable}
