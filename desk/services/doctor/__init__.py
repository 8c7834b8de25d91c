"""Diagnóstico: what stands between this machine and a working Desk, one thing after the other.

The examination itself is in `examine`, which loads what nobody needs to sign in.
"""

from desk.services.doctor.report import Code, Finding, Report, Verdict

__all__ = ["Code", "Finding", "Report", "Verdict"]
