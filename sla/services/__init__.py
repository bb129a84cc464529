from sla.services.clocks import Breach, clocks_end, clocks_mark, clocks_start, violations_write
from sla.services.matrix import MatrixInvalid, ladder_copy, matrix_draft, matrix_publish

__all__ = [
    "Breach",
    "MatrixInvalid",
    "clocks_end",
    "clocks_mark",
    "clocks_start",
    "ladder_copy",
    "matrix_draft",
    "matrix_publish",
    "violations_write",
]
