"""Names that an administrator looks for, letter by letter as the sources have them (domain 2.3 to 2.5, 3.1, 3.2)."""

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
OF_SECTIONS = ("Permite Circuito", "Permite a Criação de Planos de TV", "Equipamentos")
# Settings screens, which the sources name as screens only.
OF_SCREENS = ("Usuários", "Variáveis", "Planos e Serviços", "Pontos de Acesso", "Servidores de Roteamento")
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
VARIABLES_OF_LINKED_PAGES = (
    "Limitar Clientes",
    "Celular Obrigatório no Cadastro do Cliente",
    "Data de Nascimento Obrigatória",
    "E-Mail Obrigatório no Cadastro do Cliente",
    "Nome da Mãe Obrigatório no Cadastro do Cliente",
    "Nome do Pai Obrigatório no Cadastro do Cliente",
    "Telefone Obrigatório no Cadastro do Cliente",
)
# Figures and a choice that the rules of the sources need and no source names.
OUR_VARIABLES = (
    "Dias de Habilitação Provisória",
    "Dias entre Habilitações Provisórias",
    "Mínimo de Dias de Suspensão Temporária",
    "Máximo de Dias de Suspensão Temporária",
    "Suspensões Temporárias em 12 Meses",
    "Velocidade Reduzida (% da contratada)",
    "Dias de Velocidade Restabelecida",
    "Dias entre Velocidades Restabelecidas",
    "Autorizador Só Autoriza na Própria Mesa",
)


def test_permissions_are_called_as_the_sources_call_them() -> None:
    """These and no others, so that a label with another letter is both missing and too much."""
    assert len(PERMISSIONS) == 40
    named = [permission.value for permission in Permission]
    assert tuple(named[:40]) == PERMISSIONS
    assert sorted(named[40:]) == sorted((*OF_LINKED_PAGES, *OF_SECTIONS, *OF_SCREENS))


def test_variables_are_called_as_the_sources_call_them() -> None:
    assert len(VARIABLES) == 13
    named = [variable.value for variable in Variable]
    assert tuple(named[:13]) == VARIABLES
    assert sorted(named[13:]) == sorted((*VARIABLES_OF_LINKED_PAGES, *OUR_VARIABLES))
