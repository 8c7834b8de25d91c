"""Why a server did not let somebody in, from libpq's own words: before sign-in there is no SQLSTATE to go by."""

from __future__ import annotations

import re
from typing import Final

import psycopg

from desk.services.core.errors import (
    DomainError,
    NotAPerson,
    OldServer,
    ServerUnreachable,
    SignInFailed,
    TooManySessions,
    WrongPassword,
)
from desk.services.core.timeline import OldPrimary


class CertificateRefused(SignInFailed):
    """The server's certificate has run out, or nobody whom this machine trusts has signed it."""

    code = "certificate_refused"


class CertificateOtherName(SignInFailed):
    """The certificate belongs to a server of another name."""

    code = "certificate_other_name"


class RootMissing(SignInFailed):
    """The file with the company's root certificate is not on this machine."""

    code = "root_missing"


class NoTls(SignInFailed):
    """The server speaks without TLS only, and this desk is told to ask for it."""

    code = "no_tls"


class NotLetIn(SignInFailed):
    """The server's rules have no line for this person from this machine."""

    code = "not_let_in"


class SingleSignOnFailed(SignInFailed):
    """Base of the ways in which the domain's account opens nothing; alone: a way we do not know."""

    code = "single_sign_on_failed"


class NoTicket(SingleSignOnFailed):
    """Nobody has signed in to the domain on this machine."""

    code = "no_ticket"


class TicketExpired(SingleSignOnFailed):
    """The domain's ticket has run out."""

    code = "ticket_expired"


class DomainAccountRefused(SingleSignOnFailed):
    """The ticket is good, but of another person, or of a domain whose people the server does not take."""

    code = "domain_account_refused"


class DomainNotTrusted(SingleSignOnFailed):
    """The server's domain knows nothing of the domain that the ticket is from."""

    code = "domain_not_trusted"


class ServiceUnknown(SingleSignOnFailed):
    """The domain has no service account for this server's name."""

    code = "service_unknown"


class DomainSilent(SingleSignOnFailed):
    """No domain controller answers."""

    code = "domain_silent"


class ClockApart(SingleSignOnFailed):
    """This machine's clock is too far from the domain's."""

    code = "clock_apart"


class SingleSignOnNotOffered(SingleSignOnFailed):
    """The server asks this person for a password."""

    code = "single_sign_on_not_offered"


# MIT Kerberos in words, SSPI by its numbers; the first that fits counts. What SSPI says is Microsoft's table, not seen.
_TICKETS: Final[tuple[tuple[str, type[SingleSignOnFailed]], ...]] = (
    (r"No Kerberos credentials|No credentials were supplied|8009030e", NoTicket),
    (r"Ticket expired|Credentials? (cache|have|has) .*expired|80090317", TicketExpired),
    (r"Clock skew|clock.*skew|80090324", ClockApart),
    (r"Cannot contact any KDC|80090311", DomainSilent),
    (r"krbtgt/\S+ not found|Cannot find KDC for realm|Cannot find KDC for requested realm", DomainNotTrusted),
    (r"not found in Kerberos database|80090303|80090322", ServiceUnknown),
)
_TLS: Final[tuple[tuple[str, type[SignInFailed]], ...]] = (
    (r"certificate for .* does not match host name|does not match host name", CertificateOtherName),
    (r"root certificate file .* does not exist|could not read root certificate file", RootMissing),
    (r"certificate verify failed", CertificateRefused),
    (r"server does not support SSL", NoTls),
)


def refusal(error: psycopg.Error, *, role: str, server: str) -> DomainError | None:
    """What a failed sign-in means; None where it is a bug of ours."""
    said = str(error).strip()
    if isinstance(error, OldPrimary):
        return OldServer(server=server)
    if isinstance(error, psycopg.errors.InsufficientPrivilege):
        return NotAPerson(role=role)
    if not isinstance(error, psycopg.OperationalError):
        return None
    facts = {"server": server, "detail": said[:300]}
    # Several servers may have been asked: one that let nobody in for a reason of its own says more than a silent one.
    if "FATAL" not in said:
        return _before_the_server_spoke(said, role, facts)
    if re.search(r"(GSSAPI|SSPI) authentication failed", said):
        return DomainAccountRefused(role=role, **facts)
    if "the database system is" in said or "o sistema de banco de dados" in said:  # it starts, stops or recovers
        return ServerUnreachable(**facts)
    if "too many connections" in said or "remaining connection slots" in said or "muitas conex" in said:
        return TooManySessions(role=role)
    if "no pg_hba.conf entry" in said or "pg_hba.conf rejects" in said:
        return NotLetIn(role=role, **facts)
    if "permission denied for database" in said or "not permitted to log in" in said:
        return NotAPerson(role=role)
    if "does not exist" in said and "database" in said:
        return ServerUnreachable(**facts)
    return WrongPassword(role=role)


def _before_the_server_spoke(said: str, role: str, facts: dict[str, str]) -> SignInFailed:
    """libpq's or the domain's own words: nobody answered, the certificate is wrong, or there is no ticket."""
    for pattern, kind in _TLS:
        if re.search(pattern, said):
            return kind(**facts)
    if "authentication method requirement" in said:
        return SingleSignOnNotOffered(role=role, **facts)
    if "GSSAPI" in said or "SSPI" in said:
        for pattern, ticket in _TICKETS:
            if re.search(pattern, said):
                return ticket(role=role, **facts)
        return SingleSignOnFailed(role=role, **facts)
    return ServerUnreachable(**facts)
