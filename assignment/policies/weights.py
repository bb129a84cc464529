"""What an open order weighs in its owner's load: the weight of its stage times that of its severity."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Weights:
    version: int
    stages: Mapping[str, Decimal] = field(default_factory=dict)
    severities: Mapping[str, Decimal] = field(default_factory=dict)


ZERO = Decimal(0)
STEP = Decimal("0.001")


def weight(weights: Weights, *, stage: str, severity: str) -> Decimal:
    """In orders (1 = one ordinary order in hand), to the thousandth. A stage that is not named weighs nothing."""
    product = weights.stages.get(stage, ZERO) * weights.severities.get(severity, Decimal(1))
    return product.quantize(STEP)
