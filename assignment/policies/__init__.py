"""Who gets an order, and why: pure functions over plain values."""

from assignment.policies.distribute import distribute
from assignment.policies.wave import Candidate, Pick, Wanted
from assignment.policies.wave_json import (
    distribute_inputs_from_json,
    distribute_inputs_to_json,
    distribute_output_from_json,
    distribute_output_to_json,
)

__all__ = [
    "Candidate",
    "Pick",
    "Wanted",
    "distribute",
    "distribute_inputs_from_json",
    "distribute_inputs_to_json",
    "distribute_output_from_json",
    "distribute_output_to_json",
]
