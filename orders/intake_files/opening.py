from typing import IO

from django.utils.translation import gettext as _

from orders.intake_files.sheet import FileRefused, Sheet
from orders.intake_files.text import open_text
from orders.intake_files.workbook import open_workbook

ZIP = b"PK\x03\x04"
OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def open_file(file: IO[bytes], *, encoding: str = "auto", delimiter: str = "auto") -> Sheet:
    """What it is, is told by its content, never by its name. The file has to stay open while rows are read.

    Raises FileRefused, here for a file that is no table of orders, and while rows are read for a broken one.
    """
    file.seek(0)
    start = file.read(8)
    if not start:
        raise FileRefused("empty", _("The file is empty."))
    if start.startswith(OLD_EXCEL):
        raise FileRefused(
            "old_excel", _("This is an old or protected Excel file: save it as XLSX without a password.")
        )
    if start.startswith(ZIP):
        return open_workbook(file)
    return open_text(file, encoding=encoding, delimiter=delimiter)
