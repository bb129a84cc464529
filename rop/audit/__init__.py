"""The auditor: the invariants recomputed from raw facts by SQL of its own, bounded, every half-minute.

The loop and the constraints are what keeps them; this is the second pair of eyes.
"""

from rop.audit.checks import CHECKS
from rop.audit.running import audit

__all__ = ["CHECKS", "audit"]
