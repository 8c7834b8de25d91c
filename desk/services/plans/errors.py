"""What can go wrong with plans, as types."""

from __future__ import annotations

from desk.services.core.database_errors import CONSTRAINTS
from desk.services.core.errors import ConfirmationNeeded, DomainError, NotFound


class PlanNotFound(NotFound):
    """The plan was deleted."""

    code = "plan_not_found"


class PlanNotActive(DomainError):
    """Only an enabled plan can be suspended (ST-13)."""

    code = "plan_not_active"


class PlanAlreadyEnabled(DomainError):
    """The plan is enabled already."""

    code = "plan_already_enabled"


class PlanCancelled(DomainError):
    """A cancelled plan cannot be enabled again (question Q2)."""

    code = "plan_cancelled"


class PlanLinked(DomainError):
    """PL-40: records hang on the plan, so it was not entered by mistake; `login`, `ip`, `circuit` say how many."""

    code = "plan_linked"


class CancelledPlanStays(DomainError):
    """A cancelled plan is part of what was, and is not deleted (domain 4.4)."""

    code = "cancelled_plan_stays"


class PlanAwaitsAuthorisation(DomainError):
    """Only an authoriser can enable this plan (ST-20)."""

    code = "plan_awaits_authorisation"


class StatusNotGiven(DomainError):
    """The status is given by an act of its own, or the plan has it already."""

    code = "status_not_given"


class NotSuspendedForDebt(DomainError):
    """Provisional enabling is for plans suspended for debt (ST-17)."""

    code = "not_suspended_for_debt"


class ProvisionalTooSoon(ConfirmationNeeded):
    """The plan was enabled provisionally not long ago; the clerk may insist."""

    code = "provisional_too_soon"


class SuspensionNotOffered(DomainError):
    """Variable 11 does not allow temporary suspensions."""

    code = "suspension_not_offered"


class SuspensionPlanned(DomainError):
    """The plan has a temporary suspension already that is not over."""

    code = "suspension_planned"


class NoSuspensionPlanned(DomainError):
    """There is none to take back: it has begun, or somebody else took it back."""

    code = "no_suspension_planned"


class SuspensionLimits(DomainError):
    """The limits are other ones than those that the days were chosen by."""

    code = "suspension_limits"


class FactsMoved(DomainError):
    """The plan is no longer as the change card showed it: show the new card, ask again."""

    code = "facts_moved"


class AccessPointFull(DomainError):
    """PL-12: the access point has reached its customer limit."""

    code = "access_point_full"


class AccessPointOverLimit(ConfirmationNeeded):
    """The same, told to who may authorise it."""

    code = "access_point_over_limit"


class ChangeOfCancelledPlan(DomainError):
    """domain 4.4: a cancelled plan does not change any more."""

    code = "change_of_cancelled_plan"


class CompositionSum(DomainError):
    """domain 7.5: a plan's own parts add up to its value; `sum` and `value` say how far they are apart, in reais."""

    code = "composition_differs"


class CompositionOfCancelledPlan(DomainError):
    """domain 4.4: a cancelled plan keeps the composition it had."""

    code = "composition_of_cancelled_plan"


class ItemsDoNotFit(DomainError):
    """CP-03: items of the plan for which the new catalogue plan has no place."""

    code = "items_do_not_fit"


class NotSoldHere(DomainError):
    """The new catalogue plan is no longer sold, or not in the plan's business unit."""

    code = "not_sold_here"


class CatalogPriceMoved(DomainError):
    """The catalogue plan to swap to costs something else by now than was shown; `price` in reais."""

    code = "catalog_price_moved"


class ChangedOnCloseDay(ConfirmationNeeded):
    """CP-07: the plan was closed today; the clerk may insist."""

    code = "changed_on_close_day"


CONSTRAINTS["place:full"] = AccessPointFull
CONSTRAINTS["step:temporary_suspension"] = SuspensionNotOffered
CONSTRAINTS["suspension:planned"] = SuspensionPlanned
CONSTRAINTS["suspension:none"] = NoSuspensionPlanned
CONSTRAINTS["suspension:days"] = SuspensionLimits
CONSTRAINTS["suspension:often"] = SuspensionLimits
CONSTRAINTS["ex_plan_suspensions_days"] = SuspensionLimits
CONSTRAINTS["plan:linked"] = PlanLinked
CONSTRAINTS["plan:deleted"] = lambda: PlanNotFound("plan")
CONSTRAINTS["change:cancelled"] = ChangeOfCancelledPlan
CONSTRAINTS["change:not_sold"] = NotSoldHere
CONSTRAINTS["change:items"] = ItemsDoNotFit
CONSTRAINTS["composition:sum"] = CompositionSum
CONSTRAINTS["composition:cancelled"] = CompositionOfCancelledPlan
