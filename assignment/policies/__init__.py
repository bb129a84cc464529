"""Who gets an order, and why: pure functions over plain values."""

from assignment.policies.distribute import distribute
from assignment.policies.wave import Candidate, Pick, Wanted

__all__ = ["Candidate", "Pick", "Wanted", "distribute"]
