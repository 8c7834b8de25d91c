"""What a person reads when signing in, the own password or the local database fails."""

from __future__ import annotations

from desk.ui.core.messages import Text, register, register_violations

_SUPPORT = "Se continuar, passe ao suporte o que está em detalhes."

_DOMAIN = "Se continuar, passe à TI o que está em detalhes."

register(
    {
        "certificate_refused": Text(
            "O servidor não foi reconhecido.",
            "O certificado de {server} está vencido ou não foi assinado pela autoridade da empresa.",
            "Não insista: avise a TI. O Diagnóstico mostra qual dos dois.",
        ),
        "certificate_other_name": Text(
            "O servidor não foi reconhecido.",
            "O certificado não é de {server}.",
            "Confira o endereço do servidor; se estiver certo, avise a TI.",
        ),
        "root_missing": Text(
            "O servidor não pôde ser reconhecido.",
            "Falta neste computador o certificado da autoridade da empresa.",
            "Peça à TI que o instale de novo.",
        ),
        "no_tls": Text(
            "O servidor não oferece conexão cifrada.",
            "{server} respondeu sem TLS, e este Desk exige TLS.",
            "Confira o endereço do servidor; se estiver certo, avise a TI.",
        ),
        "not_let_in": Text(
            "O servidor não deixou entrar.",
            "Ele não espera {role} neste computador.",
            "Confira o usuário; se estiver certo, avise a TI.",
        ),
        "single_sign_on_failed": Text("A conta do domínio não entrou.", "O domínio recusou.", _DOMAIN),
        "no_ticket": Text(
            "A conta do domínio não entrou.",
            "Ninguém entrou no domínio neste computador.",
            "Saia do sistema e entre de novo com a conta da empresa.",
        ),
        "ticket_expired": Text(
            "A conta do domínio não entrou.",
            "A entrada no domínio venceu.",
            "Bloqueie a tela, entre de novo com a senha da empresa e repita.",
        ),
        "domain_account_refused": Text(
            "A conta do domínio não entrou.",
            "O servidor não aceita a sua conta do domínio como {role}.",
            "Confira o usuário; ele é o mesmo da conta da empresa.",
        ),
        "domain_not_trusted": Text(
            "A conta do domínio não entrou.",
            "A sua conta é de um domínio em que o servidor não confia.",
            "Entre no computador com a conta da empresa.",
        ),
        "service_unknown": Text(
            "A conta do domínio não entrou.",
            "O domínio não conhece um banco de dados em {server}.",
            "Use o nome completo do servidor; se estiver certo, avise a TI.",
        ),
        "domain_silent": Text(
            "A conta do domínio não entrou.",
            "Nenhum controlador do domínio respondeu.",
            "Confira a rede ou a VPN da empresa e repita.",
        ),
        "clock_apart": Text(
            "A conta do domínio não entrou.",
            "O relógio deste computador está longe do relógio do domínio.",
            "Acerte a hora e repita.",
        ),
        "single_sign_on_not_offered": Text(
            "A conta do domínio não entrou.",
            "O servidor pede senha para {role}.",
            "Entre com usuário e senha.",
        ),
        "embedded_error": Text("O banco local não abriu.", "Ele recusou começar.", _SUPPORT),
        "embedded_programs_missing": Text(
            "O banco local não abriu.",
            "Esta instalação não traz o PostgreSQL ({folder}).",
            "Instale o Desk de novo.",
        ),
        "embedded_programs_unreadable": Text(
            "O banco local não abriu.",
            "O usuário {user} não consegue executar os programas em {folder}.",
            "Abra o Desk como usuário comum, ou instale-o em uma pasta que todos possam ler.",
        ),
        "embedded_folder_refused": Text(
            "O banco local não abriu.",
            "A pasta {folder} não pode ser usada: {reason}.",
            "Libere espaço ou a permissão da pasta e abra de novo.",
        ),
        "embedded_other_major": Text(
            "O banco local não foi aberto, e nada nele foi tocado.",
            "A pasta {folder} é do PostgreSQL {found}; este programa traz o {carried}.",
            "Abra com a versão do Desk que criou a pasta, ou renomeie a pasta para começar outra.",
        ),
        "embedded_password_lost": Text(
            "O banco local não abriu.",
            "A senha guardada não abre a pasta {folder}.",
            "Apague a pasta se for só demonstração; senão, peça ao suporte para trocar a senha.",
        ),
        "embedded_master_key_lost": Text(
            "O banco local não abriu.",
            "Falta a chave das senhas guardadas: {path}.",
            "Traga o arquivo de volta da cópia de segurança.",
        ),
        "embedded_create_failed": Text("O banco local não foi criado.", "{details}", _SUPPORT),
        "embedded_start_failed": Text("O banco local não abriu.", "{details}", _SUPPORT),
        "embedded_no_answer": Text(
            "O banco local não abriu.",
            "Ele não respondeu em {seconds} s.",
            "Espere a máquina ficar menos ocupada e abra de novo.",
        ),
        "embedded_starter_busy": Text(
            "O banco local não abriu.",
            "Outro Desk está abrindo ou fechando a mesma pasta há tempo demais ({folder}).",
            "Feche o outro e abra de novo.",
        ),
        "embedded_tool_failed": Text("O banco local não abriu.", "{tool} falhou: {details}", _SUPPORT),
    }
)
register_violations(
    {
        "password_is_login": "A senha não pode ser o próprio usuário",
        "password_common": "Senha fácil de adivinhar: escolha outra",
        "password_differs": "As duas senhas não são iguais",
    }
)
