"""Files with orders: CSV in whatever encoding and with whatever delimiter, and XLSX; read as a stream."""

from orders.intake_files.opening import open_file
from orders.intake_files.sheet import ROWS_AT_MOST, FileRefused, Sheet, SheetRow

__all__ = ["ROWS_AT_MOST", "FileRefused", "Sheet", "SheetRow", "open_file"]
