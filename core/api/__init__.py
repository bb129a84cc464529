"""What every door of REST has in common. The settings name what is here, so nothing here imports a view."""

from core.api.authentication import KeyAuthentication
from core.api.permissions import HasScope
from core.api.problems import problem_handler
from core.api.throttles import KeyRate

__all__ = ["HasScope", "KeyAuthentication", "KeyRate", "problem_handler"]
