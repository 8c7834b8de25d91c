"""What a clerk reads when something about a customer is refused."""

from __future__ import annotations

from desk.ui.core.messages import Text, register, register_violations

register(
    {
        "customer_not_found": Text("O cliente não existe mais.", "O cadastro foi apagado.", "Pesquise de novo."),
        "address_not_found": Text(
            "O endereço não existe mais.", "Outra pessoa o apagou.", "Atualize o cadastro (F5) e confira."
        ),
        "document_taken": Text(
            "O cadastro não foi salvo.",
            "Já existe um cliente com este CPF/CNPJ.",
            "Pesquise pelo documento e abra o cadastro que já existe.",
        ),
        "identifier_taken": Text(
            "O cadastro não foi salvo.",
            "Este código identificador já é de outro cliente.",
            "Use outro código, ou deixe o campo vazio.",
        ),
        "customer_has_plans": Text(
            "O cliente continua ativo.",
            "Ele tem planos que não estão cancelados.",
            "Cancele os planos primeiro, ou peça ao administrador a variável "
            "“Permite Inativar Cliente com Planos Não Cancelados”.",
            code="ST-21",
        ),
        "last_address": Text(
            "O endereço não foi apagado.",
            "É o único endereço do cliente, e os planos o seguem.",
            "Corrija este endereço, ou cadastre outro antes.",
            code="PL-34",
        ),
        "too_many_addresses": Text(
            "O endereço não foi salvo.", "O cliente já tem 20 endereços.", "Apague um que não se usa mais."
        ),
    }
)
register_violations(
    {
        "document_empty": "Digite o CPF ou o CNPJ",
        "cpf_shape": "CPF tem 11 números",
        "cpf_invalid": "CPF inválido: confira os números",
        "cnpj_shape": "CNPJ tem 14 letras ou números",
        "cnpj_invalid": "CNPJ inválido: confira os números",
        "name_empty": "Digite o nome",
        "email_shape": "E-mail incompleto: falta algo como nome@provedor.com.br",
        "birth_date_future": "A data de nascimento está no futuro",
        "due_day_range": "O dia vai de 1 a 31",
        "phone_invalid": "Telefone inválido: DDD e número",
        "phone_repeated": "Este telefone já está na lista",
        "mobile_required": "Informe ao menos um celular",
        "phones_required": "Informe ao menos um telefone",
        "email_required": "O e-mail é obrigatório",
        "birth_date_required": "A data de nascimento é obrigatória",
        "mother_name_required": "O nome da mãe é obrigatório",
        "father_name_required": "O nome do pai é obrigatório",
        "zip_shape": "CEP tem 8 números",
        "street_empty": "Digite o logradouro",
        "number_empty": "Digite o número, ou s/n",
        "district_empty": "Digite o bairro",
        "city_empty": "Escolha a cidade",
    }
)
