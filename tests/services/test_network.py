"""plan(): the one function behind preview, delivery, retry and drift. Its differences, applied, leave none."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.integrations.routeros.port import PppActive, PppSecret, owner_mark
from desk.services.logins.network import Act, FoundLogin, WantedLogin, plan

HOUSE = WantedLogin(id=7, login="casa", exists=True, allowed=True, local_secrets=True, profile="50M")
LINE = PppSecret(name="casa", profile="50M", comment="desk:7")


def secrets(*lines: PppSecret) -> FoundLogin:
    return FoundLogin(secrets=lines)


def online(*names: str) -> FoundLogin:
    return FoundLogin(active=tuple(PppActive(name=name, id=f"*{at}") for at, name in enumerate(names, 1)))


def acts(wanted: WantedLogin, found: FoundLogin) -> list[tuple[Act, str]]:
    return [(difference.act, difference.name) for difference in plan(wanted, found)]


@pytest.mark.parametrize(
    ("wanted", "found", "expected"),
    [
        (HOUSE, secrets(LINE), []),
        (HOUSE, secrets(), [(Act.ADD_SECRET, "casa")]),
        (HOUSE, secrets(replace(LINE, disabled=True)), [(Act.CHANGE_SECRET, "casa")]),
        (HOUSE, secrets(replace(LINE, profile="100M")), [(Act.CHANGE_SECRET, "casa")]),
        (HOUSE, secrets(replace(LINE, remote_address="192.0.2.9")), [(Act.CHANGE_SECRET, "casa")]),
        (replace(HOUSE, fixed_ip="192.0.2.9"), secrets(replace(LINE, remote_address="192.0.2.9")), []),
        (replace(HOUSE, password="k2m4p6r8"), secrets(LINE), [(Act.CHANGE_SECRET, "casa")]),
        (HOUSE, secrets(replace(LINE, password="qualquer")), []),  # not asked for, not ours to judge
        (replace(HOUSE, allowed=False), secrets(LINE), [(Act.CHANGE_SECRET, "casa")]),
        (replace(HOUSE, exists=False), secrets(LINE), [(Act.DROP_SECRET, "casa")]),
        (replace(HOUSE, local_secrets=False, tidy=True), secrets(LINE), [(Act.DROP_SECRET, "casa")]),
        (
            replace(HOUSE, login="nova", former_names=("casa",)),
            secrets(LINE),
            [(Act.ADD_SECRET, "nova"), (Act.DROP_SECRET, "casa")],
        ),
        (replace(HOUSE, exists=False), secrets(replace(LINE, comment="")), []),
        (replace(HOUSE, exists=False), secrets(replace(LINE, comment="desk:8")), []),
        (HOUSE, secrets(LINE, replace(LINE, comment="do técnico", service="l2tp")), []),
        (HOUSE, secrets(replace(LINE, comment="do técnico", service="l2tp"), LINE), []),
        (HOUSE, FoundLogin((LINE,), online("casa").active), []),
        (replace(HOUSE, local_secrets=False), online("CASA"), []),
        (replace(HOUSE, local_secrets=False, allowed=False), online("casa", "casa"), [(Act.DROP_SESSION, "casa")]),
        (
            replace(HOUSE, local_secrets=False, login="nova", former_names=("casa",)),
            online("casa", "nova"),
            [(Act.DROP_SESSION, "casa")],
        ),
        (
            replace(HOUSE, allowed=False),
            FoundLogin((LINE,), online("casa").active),
            [(Act.CHANGE_SECRET, "casa"), (Act.DROP_SESSION, "casa")],  # else the modem is back before the line is off
        ),
    ],
)
def test_differences(wanted: WantedLogin, found: FoundLogin, expected: list[tuple[Act, str]]) -> None:
    assert acts(wanted, found) == expected


def test_no_difference_shows_a_password() -> None:
    wanted = replace(HOUSE, password="k2m4p6r8")
    assert "k2m4p6r8" not in repr((plan(wanted, secrets()), wanted, plan(wanted, secrets(LINE))))


NAMES = st.sampled_from(["casa", "Casa", "nova", "velha", "vizinho"])
LOGINS = st.builds(
    WantedLogin,
    id=st.just(7),
    login=NAMES,
    exists=st.booleans(),
    allowed=st.booleans(),
    local_secrets=st.booleans(),
    tidy=st.booleans(),
    profile=st.sampled_from(["default", "50M"]),
    fixed_ip=st.sampled_from(["", "192.0.2.9"]),
    former_names=st.lists(NAMES, max_size=3).map(tuple),
    password=st.sampled_from([None, "k2m4p6r8"]),
)
LINES = st.lists(
    st.builds(
        PppSecret,
        name=NAMES,
        profile=st.sampled_from(["default", "50M", "100M"]),
        comment=st.sampled_from([owner_mark(7), owner_mark(8), "", "do técnico"]),
        disabled=st.booleans(),
        remote_address=st.sampled_from([None, "", "192.0.2.9", "192.0.2.10"]),
        password=st.sampled_from([None, "k2m4p6r8", "outra"]),
    ),
    max_size=5,
    unique_by=lambda line: line.name,
).map(tuple)
SESSIONS = st.lists(NAMES, max_size=5).map(lambda names: online(*names).active)


def asked_of(router: FoundLogin, wanted: WantedLogin) -> FoundLogin:
    """A router answers only about the names it was asked for, and of secrets only when it was asked."""
    return FoundLogin(
        tuple(line for line in router.secrets if line.name in wanted.names and wanted.looks_at_secrets),
        tuple(each for each in router.active if each.name in wanted.names),
    )


def applied(router: FoundLogin, wanted: WantedLogin) -> FoundLogin:
    """The model of what a delivery does to a router; lines that Desk did not make are refused."""
    lines, active = {line.name: line for line in router.secrets}, router.active
    for difference in plan(wanted, asked_of(router, wanted)):
        there = lines.get(difference.name)
        if difference.act is Act.DROP_SESSION:
            active = tuple(each for each in active if each.name != difference.name)
        elif difference.act is Act.DROP_SECRET:
            del lines[difference.name]
        elif there is None or there.ours:
            assert wanted.secret is not None
            kept = wanted.secret.password if wanted.secret.password is not None else there and there.password
            lines[difference.name] = replace(wanted.secret, password=kept)
    return FoundLogin(tuple(lines.values()), active)


@given(wanted=LOGINS, lines=LINES, active=SESSIONS)
def test_applying_the_differences_leaves_none(
    wanted: WantedLogin, lines: tuple[PppSecret, ...], active: tuple[PppActive, ...]
) -> None:
    router = FoundLogin(lines, active)
    after = applied(router, wanted)
    foreign = {line.name for line in lines if not line.ours}
    left = [d for d in plan(wanted, asked_of(after, wanted)) if not (d.name in foreign and d.act is Act.CHANGE_SECRET)]
    assert left == []


@given(wanted=LOGINS, lines=LINES, active=SESSIONS)
def test_nobody_elses_line_or_session_is_touched(
    wanted: WantedLogin, lines: tuple[PppSecret, ...], active: tuple[PppActive, ...]
) -> None:
    after = applied(FoundLogin(lines, active), wanted)
    for line in lines:
        takes_over = wanted.secret is not None and line.name == wanted.login and line.ours
        if line.comment != owner_mark(wanted.id) and not takes_over:
            assert line in after.secrets
    assert [each for each in active if each.name not in wanted.names] == [
        each for each in after.active if each.name not in wanted.names
    ]


@given(wanted=LOGINS, lines=LINES, active=SESSIONS)
def test_who_is_blocked_ends_up_with_no_way_in(
    wanted: WantedLogin, lines: tuple[PppSecret, ...], active: tuple[PppActive, ...]
) -> None:
    blocked = replace(wanted, allowed=False)
    after = asked_of(applied(FoundLogin(lines, active), blocked), blocked)
    assert after.active == ()
    assert all(line.disabled for line in after.secrets if line.comment == owner_mark(7))
