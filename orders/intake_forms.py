"""Import and export of orders in the admin: the formats of files, and what an admin of orders mixes in."""

from io import BytesIO
from typing import Any

import tablib  # type: ignore[import-untyped]
from django.forms import ChoiceField, Form, HiddenInput
from django.http import HttpRequest
from django.utils.translation import gettext as _
from import_export.formats import base_formats
from import_export.forms import ConfirmImportForm

from orders.intake_files import FileRefused, open_file
from orders.intake_storage import WaitingFile
from orders.resources import OrderExportResource, OrderIntakeResource

UPLOAD_AT_MOST = 20 * 1024 * 1024
ROWS_BY_HAND = 10_000
"""A page answers within seconds; longer files go by `manage.py import_orders`."""


class IntakeFile(base_formats.Format):  # type: ignore[misc]
    """CSV or XLSX, told by its content: encoding, delimiter and format are found out."""

    CONTENT_TYPE = "text/csv"

    def __init__(self, encoding: str | None = None) -> None:
        self.encoding = encoding

    def get_title(self) -> str:
        return "CSV, XLSX"

    def get_extension(self) -> str:
        return "csv"

    def can_import(self) -> bool:
        return True

    def create_dataset(self, in_stream: bytes) -> tablib.Dataset:
        """The table to look at, and its rows as they are in the file (`dataset.sheet_rows`). Raises FileRefused."""
        if len(in_stream) > UPLOAD_AT_MOST:
            raise FileRefused("too_large", _("The file is too large."))
        sheet = open_file(BytesIO(in_stream))
        if sheet.total > ROWS_BY_HAND:
            text = _("More than %(most)s rows: import this file with “manage.py import_orders”.")
            raise FileRefused("too_many_rows", text % {"most": ROWS_BY_HAND})
        dataset = tablib.Dataset(headers=list(sheet.columns))
        dataset.sheet_rows = list(sheet.rows)
        for row in dataset.sheet_rows:
            dataset.append([row.cells.get(name) for name in sheet.columns])
        return dataset


class ExportCSV(base_formats.CSV):  # type: ignore[misc]
    """With a mark, without which Excel takes it for Windows-1251."""

    def export_data(self, dataset: tablib.Dataset, **kwargs: Any) -> str:
        return "\ufeff" + str(super().export_data(dataset, **kwargs))


class ConfirmForm(ConfirmImportForm):  # type: ignore[misc]
    format = ChoiceField(choices=[("0", "")], widget=HiddenInput)


class OrdersFiles:
    """For the admin of orders, before import-export's own ImportExportMixin."""

    tmp_storage_class = WaitingFile
    confirm_form_class = ConfirmForm
    import_formats = (IntakeFile,)
    export_formats = (ExportCSV, base_formats.XLSX)
    skip_admin_log = True  # the journal has it
    import_error_display = ("message",)

    def get_import_resource_classes(self, request: HttpRequest) -> list[type[OrderIntakeResource]]:
        return [OrderIntakeResource]

    def get_export_resource_classes(self, request: HttpRequest) -> list[type[OrderExportResource]]:
        return [OrderExportResource]

    def has_import_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("orders.intake")

    def has_export_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("orders.see_all")

    def add_data_read_fail_error_to_form(self, form: Form, error: Exception) -> None:
        if not isinstance(error, FileRefused):
            raise error
        form.add_error("import_file", str(error))
