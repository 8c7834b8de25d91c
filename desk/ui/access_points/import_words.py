"""What is read about an import: of the file as a whole, of its lines, and of each bad cell."""

from __future__ import annotations

from desk.services.access_points import CellProblem, Change, DisconnectBy, DryRun, ImportLine, TlsMode, Verdict
from desk.ui.core import format
from desk.ui.core.messages import Text, register, register_violations, violation_text

register(
    {
        "import_bad": Text(
            "Nada foi importado.",
            "{bad} linhas do arquivo têm problema.",
            "Corrija o arquivo e examine de novo, ou escolha importar só as linhas boas.",
        ),
        "import_moved": Text(
            "Nada foi importado.",
            "O cadastro mudou desde que o arquivo foi examinado.",
            "Confira o que aparece agora e importe de novo.",
        ),
    }
)
register_violations(
    {
        "cell_empty": "está vazia, e é obrigatória: preencha",
        "cell_formula": "começa com “{sign}”, o que uma planilha calcularia: tire o sinal do começo",
        "cell_hidden": "tem caracteres invisíveis: apague e digite de novo",
        "cell_password": "até {limit} caracteres, numa linha só",
        "cell_yes_no": "escreva Sim ou Não",
        "cell_number": "escreva um número inteiro de {low} a {high}",
        "cell_limit": "escreva um número de 1 a 1.000.000, ou “sem limite”",
        "cell_choice": "escreva um destes: {choices}",
        "cell_network": "{network} não é uma rede: escreva como 198.51.100.0/24",
        "cell_range_word": "não entendi “{word}”: rede, depois o gateway, depois /30 para o que cada cliente recebe; "
        "faixas separadas por |",
        "cell_ranges": "no máximo {limit} faixas por linha",
        "cell_host": "escreva só o nome ou o IP do roteador",
        "twice_in_file": "já está na linha {line}: deixe uma só",
        "name_written_otherwise": "já existe como “{name}”: escreva igual",
        "unknown_unit": "esta unidade não está cadastrada: cadastre-a primeiro",
        "unknown_unit_near": "esta unidade não está cadastrada; seria “{near}”?",
        "unknown_router": "este servidor não está cadastrado: importe os servidores primeiro",
        "unknown_router_near": "este servidor não está cadastrado; seria “{near}”?",
        "range_in_file": "se sobrepõe a uma faixa da linha {line}",
        "range_taken": "parte desta rede já está em outra faixa, de {point}",
        "range_used": "já há IPs de clientes: o tamanho de cada cliente fica como está",
        "nas_taken": "é o endereço de {name}; cada roteador tem o seu",
    }
)
FILE_PROBLEMS = {
    "cannot_open": "O arquivo não pôde ser aberto: {detail}. Se estiver aberto na planilha, feche-o.",
    "not_a_file": "Isto não é um arquivo. Escolha um arquivo CSV.",
    "too_big": "O arquivo tem {size}; o Desk lê até {limit}. Divida em arquivos menores.",
    "not_text": "Isto não é um arquivo de texto (linha {line}). Na planilha, use Salvar como… CSV.",
    "empty": "O arquivo está vazio.",
    "no_lines": "O arquivo só tem o cabeçalho.",
    "column_missing": "Falta a coluna {column}. A primeira linha precisa ter os nomes das colunas; veja o modelo.",
    "column_twice": "A coluna {column} aparece duas vezes, ou com dois nomes. Deixe uma só.",
    "too_many_lines": "O arquivo tem mais de {limit} linhas. Divida em arquivos menores.",
    "too_many_columns": "A linha {line} tem mais de {limit} colunas.",
    "cell_too_long": "A linha {line} tem uma célula com mais de {limit} caracteres.",
    "broken_quotes": "As aspas da linha {line} não fecham direito. Salve de novo pela planilha.",
}
DELIMITERS = {";": "ponto e vírgula", ",": "vírgula", "\t": "tabulação"}
VERDICTS = {
    Verdict.CREATE: ("Criar", "plus", "ok"),
    Verdict.CHANGE: ("Alterar", "pencil-simple", "warn"),
    Verdict.SAME: ("Sem mudança", "check", "text2"),
    Verdict.BAD: ("Com problema", "x-circle-fill", "bad"),
}
REMARKS = {
    "password_kept": "a senha guardada fica; troque-a na tela do servidor",
    "radius_secret_kept": "o segredo RADIUS guardado fica; troque-o na tela do servidor",
}
TLS_LABELS = {
    TlsMode.PINNED: "Certificado fixado",
    TlsMode.VERIFY: "Certificado verificado",
    TlsMode.ANONYMOUS: "TLS anônimo",
    TlsMode.OFF: "Sem TLS",
}


def file_text(run: DryRun) -> str:
    """Why the file is of no use, or how it was read."""
    if run.problem:
        params = dict(run.params)
        if run.problem == "too_big":
            params = {name: format.size(int(str(value))) for name, value in params.items()}
        return FILE_PROBLEMS[run.problem].format(**params)
    return f"{run.encoding} · separado por {DELIMITERS[run.delimiter]} · {format.number(len(run.lines))} linhas"


def counts_text(run: DryRun) -> str:
    """How many of each kind, the absent ones left out."""
    words = {Verdict.CREATE: "a criar", Verdict.CHANGE: "a alterar", Verdict.SAME: "sem mudança", Verdict.BAD: ""}
    parts = [f"{format.number(run.count(each))} {words[each]}" for each in words if words[each] and run.count(each)]
    if bad := run.count(Verdict.BAD):
        parts.append(f"{format.number(bad)} com problema")
    return " · ".join(parts)


def problem_text(found: CellProblem) -> str:
    """Column, what is written there, and what is wrong with it."""
    written = f" “{found.written}”" if found.written else ""
    return f"{found.column}{written}: {violation_text(found)}"  # type: ignore[arg-type]


def change_text(change: Change, *, new: bool) -> str:
    """A field with what it would hold; of a change also what it holds."""
    after = value_text(change.after)
    return f"{change.label}: {after}" if new else f"{change.label}: {value_text(change.before)} → {after}"


def value_text(value: object) -> str:
    """A value as people write it."""
    if isinstance(value, bool):
        return format.yes_no(value)
    if value is None:
        return "sem limite"
    if isinstance(value, TlsMode):
        return TLS_LABELS[value]
    if isinstance(value, DisconnectBy):
        return str(value)
    return str(value).replace("\n", " ") or "vazio"


def detail_lines(line: ImportLine) -> list[str]:
    """Everything there is to say of a line, one sentence each."""
    said = [problem_text(each) for each in line.problems]
    said += [change_text(each, new=line.verdict is Verdict.CREATE) for each in line.changes]
    return said + [REMARKS[each] for each in line.remarks]
