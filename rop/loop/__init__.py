"""The loop: compare what ought to be with what is, write the difference, journal it, tell."""

from rop.loop.looking import look
from rop.loop.sweeping import sweep

__all__ = ["look", "sweep"]
