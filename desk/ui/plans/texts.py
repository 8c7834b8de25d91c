"""What a clerk reads when something about a plan is refused."""

from __future__ import annotations

from desk.ui.core.messages import Text, register, register_violations

register(
    {
        "plan_not_found": Text("O plano não existe mais.", "Outra pessoa o apagou.", "Atualize a árvore (F5)."),
        "plan_not_active": Text(
            "O plano não foi suspenso.",
            "Só um plano com serviço habilitado pode ser suspenso; {title} está em “{status}”.",
            "Confira a situação na árvore.",
            code="ST-13",
        ),
        "plan_already_enabled": Text(
            "O plano já está habilitado.", "Outra pessoa habilitou {title}.", "Nada a fazer.", code="ST-16"
        ),
        "plan_cancelled": Text(
            "O plano não foi habilitado.",
            "{title} está cancelado, e um plano cancelado não volta.",
            "Acrescente um plano novo ao cliente.",
        ),
        "plan_linked": Text(
            "Plano possui registros vinculados e não pode ser apagado",
            "Vinculados ao plano: logins {login}, IPs {ip}, circuitos {circuit}.",
            "Apague antes o que foi cadastrado por engano. Um plano que o cliente usou se cancela, não se apaga.",
            code="PL-40",
        ),
        "cancelled_plan_stays": Text(
            "O plano não foi apagado.",
            "Um plano cancelado não pode ser apagado: ele conta o que o cliente teve.",
            "Nada a fazer.",
            code="PL-41",
        ),
        "plan_awaits_authorisation": Text(
            "O plano não foi habilitado.",
            "{title} aguarda autorização.",
            "Peça a quem tem “Autorizador de Planos”.",
            code="ST-20",
        ),
        "status_not_given": Text(
            "O status não foi mudado.",
            "“{status}” não é um status que se dê assim a {title}.",
            "Suspender, habilitar e cancelar têm ações próprias.",
        ),
        "not_suspended_for_debt": Text(
            "O plano não foi habilitado provisoriamente.",
            "Isso vale só para plano suspenso por débito; {title} está em “{status}”.",
            "Use Habilitar Plano.",
            code="ST-17",
        ),
        "provisional_too_soon": Text(
            "Este plano foi habilitado a menos de {days} dias ({date})",
            "A última habilitação provisória ainda é recente.",
            "Confirme só se o cliente combinou o pagamento.",
            code="ST-17",
        ),
        "suspension_not_offered": Text(
            "O plano não foi suspenso.",
            "Esta instalação não usa Suspensão Temporária.",
            "Ligue a variável “Permite Usar o Status Suspensão Temporária”, ou use Suspender Plano.",
            code="ST-15",
        ),
        "suspension_planned": Text(
            "Nada foi alterado.",
            "O plano já tem uma suspensão temporária que não terminou.",
            "Retire a que está planejada antes de planejar outra.",
            code="ST-15",
        ),
        "no_suspension_planned": Text(
            "Nada foi alterado.",
            "O plano não tem suspensão planejada: ela já começou, ou outra pessoa a retirou.",
            "Para encerrar uma que começou, use Habilitar Plano.",
            code="ST-15",
        ),
        "suspension_limits": Text(
            "O plano não foi suspenso.",
            "As datas não cabem nos limites da suspensão temporária, que mudaram agora.",
            "Abra o cartão de novo e confira as datas.",
            code="ST-15",
        ),
        "facts_moved": Text(
            "Nada foi alterado.",
            "{title} mudou enquanto o cartão estava aberto.",
            "Confira o que está marcado e confirme de novo.",
        ),
        "change_of_cancelled_plan": Text(
            "O plano não foi mudado.", "Um plano cancelado não muda mais.", "Acrescente um plano novo ao cliente."
        ),
        "composition_differs": Text(
            "A soma da composição difere do valor do plano",
            "Os itens somam {sum}, e o valor do plano é {value}.",
            "Acerte os valores dos itens até a diferença ser zero.",
        ),
        "composition_of_cancelled_plan": Text(
            "A composição não foi alterada.",
            "Um plano cancelado fica como estava.",
            "Acrescente um plano novo ao cliente.",
        ),
        "items_do_not_fit": Text(
            "O plano não foi mudado.",
            "O plano novo não comporta todos os itens deste plano: {items}.",
            "Apague o que não cabe, ou escolha outro plano.",
            code="CP-03",
        ),
        "not_sold_here": Text(
            "O plano não foi mudado.",
            "O plano escolhido não está à venda na unidade de negócios deste plano.",
            "Abra Mudar Plano de novo e escolha outro.",
        ),
        "catalog_price_moved": Text(
            "O plano não foi alterado.",
            "O valor de {plan} no catálogo agora é {price}.",
            "Confira o valor na janela e salve de novo.",
        ),
        "changed_on_close_day": Text(
            "O fechamento deste plano foi hoje",
            "Mudar {title} no dia do fechamento vale já no período que começa.",
            "Confirme só se é isso que foi combinado.",
            code="CP-07",
        ),
        "access_point_full": Text(
            "Limite de clientes do Ponto de Acesso atingido",
            "O limite de {name} é {limit}, e já está todo ocupado.",
            "Escolha outro ponto de acesso, ou peça a quem tem “Autorizador Clientes P. Acesso” que faça o vínculo na "
            "própria mesa.",
            code="PL-12",
        ),
        "access_point_over_limit": Text(
            "Limite de clientes do Ponto de Acesso atingido",
            "Limite de {name}: {limit}. Já vinculados: {linked}.",
            "Você tem “Autorizador Clientes P. Acesso” e pode vincular mais um; fica no histórico do cliente.",
            code="PL-12",
        ),
    }
)
register_violations(
    {
        "value_needed_first": "Só será possível marcar a opção após informar o valor ou porcentagem.",
        "amount_or_percent": "Informe o valor ou a porcentagem, não os dois",
        "must_be_positive": "Precisa ser maior que zero",
        "percent_range": "A porcentagem vai de 0 a 100",
        "provisional_range": "De hoje até {days} dias",
        "suspension_start": "De hoje até {days} dias",
        "suspension_short": "No mínimo {days} dias sem serviço",
        "suspension_long": "No máximo {days} dias sem serviço",
        "suspension_often": "Só {times} em 12 meses; a última começa em {last}",
        "login_required": "Login de Radius é obrigatório para este plano",
        "authoriser_password": "A senha não é desta pessoa",
        "own_desk_only": "Nesta instalação, autorizadores agem só na própria mesa",
        "status_awaits": "Este plano exige autorização: ele começa em “Aguardando Autorização”",
        "status_not_first": "Um plano novo não começa neste status",
        "does_not_fit": "Este plano não comporta: {items}",
        "below_catalog": "Abaixo de {price} só com “Dar Descontos em Planos”",
        "value_negative": "O valor não pode ser negativo",
    }
)
