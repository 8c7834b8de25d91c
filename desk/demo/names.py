"""Word lists of the demo: Brazilian names as frequent as they are in Paraná, and what companies are called."""

from __future__ import annotations

import unicodedata
from itertools import accumulate
from random import Random


def words(text: str) -> list[str]:
    """The words between the bars; long lists read better so than as lists of strings."""
    return text.split("|")


WOMEN = words(
    "Maria|Ana|Juliana|Fernanda|Patrícia|Aline|Adriana|Camila|Letícia|Luciana|Márcia|Amanda|Bruna|Vanessa|Jéssica|"
    "Sônia|Mariana|Larissa|Rosângela|Beatriz|Cláudia|Débora|Simone|Cristiane|Terezinha|Gabriela|Tatiane|Daniela|"
    "Renata|Luíza|Sandra|Carla|Rosana|Elaine|Regina|Marlene|Aparecida|Neusa|Eliane|Helena|Isabela|Raquel|Natália|"
    "Viviane|Andréia|Lúcia|Ivone|Kátia|Bárbara|Júlia|Lívia|Solange|Mônica|Teresa|Sílvia|Gisele|Alice|Valéria|"
    "Inês|Franciele|Cecília|Conceição|Edna|Zélia|Lorena|Yasmin|Keiko|Akemi|Naomi|Ísis"
)
MEN = words(
    "José|João|Antônio|Carlos|Paulo|Lucas|Luiz|Marcos|Pedro|Gabriel|Rafael|Marcelo|Felipe|Bruno|Eduardo|Daniel|"
    "Rodrigo|Francisco|Matheus|Fernando|Gustavo|Fábio|Leandro|André|Márcio|Tiago|Sérgio|Vinícius|Diego|Anderson|"
    "Ricardo|Alexandre|Roberto|Leonardo|Sebastião|Cláudio|Guilherme|Júlio|Valdir|Adriano|Rogério|Geraldo|Edson|"
    "Hélio|Wagner|Otávio|Reginaldo|Aparecido|Célio|Renato|Osvaldo|Cícero|Mário|Nélson|Vítor|Caíque|Murilo|Ângelo|"
    "Laércio|Flávio|Hiroshi|Kenji|Everton|Jorge|Samuel|Davi|Caetano|Ítalo|Benício|Nilton"
)
SECOND_WOMEN = words("Aparecida|de Fátima|Cristina|Helena|Regina|Lúcia|Paula|Beatriz|Carolina|Eduarda|Clara|das Graças")
SECOND_MEN = words("Carlos|Roberto|Henrique|Augusto|Aparecido|Luiz|César|Eduardo|Antônio|Vítor|Miguel|Batista")
SURNAMES = words(
    "Silva|Santos|Oliveira|Souza|Pereira|Ferreira|Lima|Alves|Rodrigues|Costa|Gomes|Ribeiro|Martins|Carvalho|"
    "Almeida|Lopes|Soares|Fernandes|Vieira|Barbosa|Rocha|Dias|Nascimento|Andrade|Moreira|Nunes|Marques|Machado|"
    "Mendes|Freitas|Cardoso|Ramos|Gonçalves|Santana|Teixeira|Araújo|Moraes|Cavalcante|Monteiro|Moura|Borges|"
    "Campos|Batista|Pinto|Nogueira|Correia|Farias|Castro|Conceição|Reis|Aguiar|Bezerra|Siqueira|Melo|Fonseca|"
    "Guimarães|Magalhães|Brandão|Assunção|Leão|Galvão|Simões|Damião|Paixão|Bonfim|Tavares|Prado|Azevedo|Furtado|"
    "Petri|Zanatta|Bortolotto|Romagnoli|Scapin|Favaretto|Pavão|Marchetti|Bergamasco|Trevisan|Yamashita|Nakamura|"
    "Tanaka|Watanabe|Hayashi|Schneider|Müller|Weber|Kowalski|Wolski|Queiróz|Peçanha|Muñoz|Quintão|Vilela|Sá"
)
LINKED = {
    "Silva": "da Silva",
    "Santos": "dos Santos",
    "Oliveira": "de Oliveira",
    "Souza": "de Souza",
    "Lima": "de Lima",
    "Costa": "da Costa",
    "Almeida": "de Almeida",
    "Carvalho": "de Carvalho",
    "Rocha": "da Rocha",
    "Nascimento": "do Nascimento",
    "Reis": "dos Reis",
    "Moraes": "de Moraes",
    "Conceição": "da Conceição",
}
# Families that came from Italy, Poland and Japan: thousands of rare names under the frequent ones.
RARE = [
    start + end
    for start in words(
        "Bel|Cam|Mar|Fer|Zan|Bor|Ros|Tom|Gal|Per|Val|Mon|San|Bar|Cor|Dal|Fav|Gir|Lor|Mic|Pas|Sca|Tre|Ven|Yos|Kur|"
        "Ach|Bas|Cas|Des|Fran|Gas|Jan|Lan|Mas|Nov|Pol|Rig|Sart|Tes|Vis"
    )
    for end in words(
        "atti|elli|oni|owski|imoto|amura|enko|etto|ini|azzo|ucci|ignon|agnin|olin|eratto|icz|inski|akawa|eguchi|"
        "anetti|oschi|ardi|isan|otto|aretti|ussi|erlin|ezan|onato|uquini"
    )
]
KINDS = words(
    "Padaria|Mercado|Auto Peças|Farmácia|Clínica Odontológica|Escritório Contábil|Restaurante|Pizzaria|Oficina|"
    "Transportadora|Materiais de Construção|Confecções|Agropecuária|Papelaria|Academia|Pousada|Imobiliária|"
    "Escola Infantil|Laboratório|Sorveteria|Móveis Planejados|Gráfica|Ótica|Pet Shop|Distribuidora|Lava Rápido|"
    "Salão de Beleza|Advocacia|Metalúrgica|Floricultura|Cerealista|Açougue"
)
FANCY = words(
    "Pão da Serra|Bom Jesus|Ipê Amarelo|Três Marias|São José|Santa Rita|Nova Esperança|Estrela do Norte|Canção|"
    "Vale do Ivaí|Catedral|Ingá|Água Boa|Primavera|Boa Vista|União|Sol Nascente|Novo Horizonte|Pioneiro|Avenida|"
    "Dois Irmãos|Girassol|Imperial|Jardim|Aliança|Planalto|Santo Antônio|Conceição|Cidade Verde|Peroba"
)
COMPANY_ENDS = ("Ltda", "Ltda", "Ltda", "ME", "EPP", "S.A.", "Eireli")
PASSWORD_LETTERS = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"


def zipf(words: list[str], flatness: float = 2.0) -> list[float]:
    """Cumulative weights that make the first words of a list the frequent ones."""
    return list(accumulate(1.0 / (rank + flatness) for rank in range(len(words))))


WOMEN_WEIGHTS = zipf(WOMEN)
MEN_WEIGHTS = zipf(MEN)
SURNAME_WEIGHTS = zipf(SURNAMES, 4.0)


def person(rnd: Random) -> tuple[str, bool]:
    """A full name, and whether it is a woman's."""
    woman = rnd.random() < 0.52
    first = rnd.choices(WOMEN if woman else MEN, cum_weights=WOMEN_WEIGHTS if woman else MEN_WEIGHTS)[0]
    parts = [first]
    second = rnd.choice(SECOND_WOMEN if woman else SECOND_MEN)
    if rnd.random() < 0.45 and second.split()[-1] != first:
        parts.append(second)
    if rnd.random() < 0.55:
        parts.append(surname(rnd))
    last = surname(rnd)
    if last not in parts:
        parts.append(LINKED.get(last, last) if rnd.random() < 0.5 else last)
    if not woman and rnd.random() < 0.05:
        parts.append(rnd.choice(("Filho", "Júnior", "Neto")))
    return " ".join(parts), woman


def surname(rnd: Random) -> str:
    """One family name, frequent ones more often."""
    return rnd.choices(SURNAMES, cum_weights=SURNAME_WEIGHTS)[0]


def parent(rnd: Random, child: str, *, mother: bool) -> str:
    """A mother's or father's name that shares the child's last family name."""
    last = [part for part in child.split() if part not in ("Filho", "Júnior", "Neto")][-1]
    first = rnd.choice(WOMEN if mother else MEN)
    middle = surname(rnd)
    return f"{first} {last}" if middle == last else f"{first} {middle} {last}"


def company(rnd: Random) -> tuple[str, str]:
    """Registered name and trade name of a company."""
    kind = rnd.choice(KINDS)
    fancy = rnd.choice(FANCY) if rnd.random() < 0.55 else surname(rnd)
    trade = f"{kind} {fancy}"
    if rnd.random() < 0.3:
        return f"{surname(rnd)} & {surname(rnd)} {kind} {rnd.choice(COMPANY_ENDS)}", trade
    return f"{trade} {rnd.choice(COMPANY_ENDS)}", trade


def plain(text: str) -> str:
    """Lower-case ASCII letters and digits only, as logins and mail addresses want them."""
    decomposed = unicodedata.normalize("NFKD", text.lower())
    return "".join(letter for letter in decomposed if letter.isascii() and letter.isalnum())


def login_base(name: str) -> str:
    """First and last name with a dot between, such as maria.nogueira."""
    parts = [part for part in name.split() if part not in ("Filho", "Júnior", "Neto", "Ltda", "ME", "EPP", "S.A.")]
    return plain(parts[0]) if len(parts) == 1 else f"{plain(parts[0])}.{plain(parts[-1])}"


def password(rnd: Random) -> str:
    """Eight letters and digits without look-alikes (RA-10)."""
    return "".join(rnd.choices(PASSWORD_LETTERS, k=8))
