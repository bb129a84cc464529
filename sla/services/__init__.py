from sla.services.clocks import Breach, clocks_end, clocks_mark, clocks_start, violations_write
from sla.services.matrix import MatrixInvalid, matrix_draft, matrix_publish

__all__ = [
    "Breach",
    "MatrixInvalid",
    "clocks_end",
    "clocks_mark",
    "clocks_start",
    "matrix_draft",
    "matrix_publish",
    "violations_write",
]
