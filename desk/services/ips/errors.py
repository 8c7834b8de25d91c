"""What can go wrong with IPs and ranges, as types."""

from __future__ import annotations

from desk.services.core.database_errors import CONSTRAINTS
from desk.services.core.errors import ConfirmationNeeded, DomainError, NotFound


class IpNotFound(NotFound):
    """The IP was deleted."""

    code = "ip_not_found"


class NoFreeIp(DomainError):
    """Every range of the access point is used up, or it has none."""

    code = "no_free_ip"


class IpTaken(DomainError):
    """Somebody else has it: a customer, a dialog that is open, or the range itself."""

    code = "ip_taken"

    def __init__(self, address: str = "", by: str = "outro cadastro", customer_id: int | None = None) -> None:
        super().__init__(address=address, by=by, customer_id=customer_id)
        self.customer_id = customer_id


class LoginHasIp(DomainError):
    """RADIUS can give a session one address only."""

    code = "login_has_ip"


class MacInUse(ConfirmationNeeded):
    """IP-03: another live IP has this MAC; the clerk may say that it is meant."""

    code = "mac_in_use"


class PlanTakesNoIps(DomainError):
    """domain 4.4: the plan's status, or its catalogue plan, allows no new IP."""

    code = "plan_takes_no_ips"


class PlanIpsFixed(DomainError):
    """domain 4.4: items are edited on enabled plans only."""

    code = "plan_ips_fixed"


CONSTRAINTS["ex_ip_holdings_block"] = IpTaken
CONSTRAINTS["uq_customer_ips_login_id"] = LoginHasIp
