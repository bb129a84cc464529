"""Import and export of orders for django-import-export. Neither saves a row: orders come in by the intake."""

from collections.abc import Mapping
from typing import Any

import tablib  # type: ignore[import-untyped]
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from import_export import resources
from import_export.fields import Field
from import_export.results import Result, RowResult

from core import actors, clock
from core.actors import Door
from core.flaws import sentence
from core.models import User
from orders.models import Order
from orders.safe_cells import safe_cell
from orders.services import Ending, RowOutcome, orders_import

PREVIEWED = 200
"""Good rows that a preview shows; wrong ones are all counted, and shown up to `WRONG_SHOWN`."""

WRONG_SHOWN = 500

TYPES = {
    Ending.CREATED: RowResult.IMPORT_TYPE_NEW,
    Ending.THERE_ALREADY: RowResult.IMPORT_TYPE_SKIP,
    Ending.WRONG: RowResult.IMPORT_TYPE_INVALID,
}


class OrderIntakeResource(resources.Resource):  # type: ignore[misc]
    """Rows of a sheet through `orders_import`: the same validation, events and look as at every other door.

    The dataset comes from `intake_forms.IntakeFile`. `user` is whose import it is.
    """

    external_id = Field(column_name="external_id")
    client_name = Field(column_name="client_name")
    client_contact = Field(column_name="client_contact")
    item = Field(column_name="item")
    price = Field(column_name="price")
    currency = Field(column_name="currency")
    severity = Field(column_name="severity")
    seller_name = Field(column_name="seller_name")
    seller_contact = Field(column_name="seller_contact")
    comment = Field(column_name="comment")
    ordered_at = Field(column_name="ordered_at")

    class Meta:
        # Every batch commits by itself: one transaction around all would hold its locks for minutes.
        use_transactions = False

    @classmethod
    def get_display_name(cls) -> str:
        return str(_("Orders"))

    def import_data_inner(
        self,
        dataset: tablib.Dataset,
        dry_run: bool,
        raise_errors: bool,
        using_transactions: bool,
        collect_failed_rows: bool,
        **kwargs: Any,
    ) -> Result:
        user: User = kwargs["user"]
        result = Result()
        result.diff_headers = list(dataset.headers)
        result.total_rows = len(dataset)
        cells = {row.number: row.cells for row in dataset.sheet_rows}
        outcomes = orders_import(
            rows=cells.items(),
            actor=actors.person(user, door=Door.IMPORT),
            zone=timezone.get_default_timezone(),
            clock=clock.now,
            dry_run=dry_run,
        )
        for outcome in outcomes:
            _add(result, outcome, cells[outcome.number])
        return result


def _add(result: Result, outcome: RowOutcome, cells: Mapping[str, object]) -> None:
    row = RowResult()
    row.import_type = TYPES[outcome.ending]
    result.increment_row_result_total(row)
    if outcome.ending == Ending.WRONG:
        if len(result.invalid_rows) < WRONG_SHOWN:
            result.append_invalid_row(outcome.number, cells, _validation_error(outcome))
        return
    if outcome.order_id is not None:
        row.add_instance_info(Order(pk=outcome.order_id))
    if len(result.rows) < PREVIEWED:
        row.diff = ["" if (value := cells.get(name)) is None else str(value) for name in result.diff_headers]
        result.append_row_result(row)


def _validation_error(outcome: RowOutcome) -> ValidationError:
    by_field: dict[str, list[str]] = {}
    for flaw in outcome.flaws:
        by_field.setdefault(flaw.field or NON_FIELD_ERRORS, []).append(sentence(flaw))
    return ValidationError(by_field)


class OrderExportResource(resources.ModelResource):  # type: ignore[misc]
    """What a list of orders has, one column for each fact; no cell can be a formula."""

    ref = Field(column_name="ref", attribute="ref", readonly=True)
    owner = Field(column_name="owner", readonly=True)
    next_action_user = Field(column_name="next_action_user", readonly=True)

    class Meta:
        model = Order
        fields = (
            *(
                "ref",
                "external_id",
                "status",
                "severity",
                "owner",
                "due_at",
                "next_action",
                "next_action_user",
            ),
            *("client_name", "client_contact", "item", "price", "currency", "seller_name", "seller_contact"),
            *(
                "comment",
                "cancel_reason",
                "ordered_at",
                "created_at",
                "status_since",
                "moved_at",
                "closed_at",
            ),
        )
        export_order = fields
        chunk_size = 1000

    def import_data(self, *args: Any, **kwargs: Any) -> Result:
        raise NotImplementedError("orders come in by OrderIntakeResource")

    def filter_export(self, queryset: QuerySet[Order], **kwargs: Any) -> QuerySet[Order]:
        return queryset.select_related("assigned_manager", "next_action_user")

    def dehydrate_owner(self, order: Order) -> str:
        return str(order.assigned_manager or "")

    def dehydrate_next_action_user(self, order: Order) -> str:
        return str(order.next_action_user or "")

    def export_field(self, field: Field, instance: Order, **kwargs: Any) -> Any:
        value = getattr(instance, field.attribute, None) if field.attribute else None
        if hasattr(value, "isoformat"):
            return timezone.localtime(value).isoformat(timespec="seconds")
        if field.attribute == "price":
            return value
        return safe_cell(super().export_field(field, instance, **kwargs))
