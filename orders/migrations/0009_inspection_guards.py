from django.db import migrations

from core.dbguards import check_function, check_now, refuse
from core.dbroles import KEPT, Rights, append_only

# FOR SHARE: a point must not slip in while another transaction publishes the template.
ITEM_OF_DRAFT = check_function(
    "inspection_item_of_draft",
    declare="template record;",
    body="""
            FOR template IN
                SELECT t.id, t.published_at FROM public.orders_inspectiontemplate t
                WHERE t.id IN (OLD.template_id, NEW.template_id) FOR SHARE
            LOOP
                IF template.published_at IS NOT NULL THEN
                    PERFORM public.refuse(TG_NAME, TG_TABLE_NAME, format(
                        '%s of a point of the published template %s', TG_OP, template.id));
                END IF;
            END LOOP;""",
)

POINT_OF_ITS_TEMPLATE = check_function(
    "inspection_point_of_its_template",
    """
            PERFORM FROM public.orders_inspectionitem item
            JOIN public.orders_inspection i ON i.template_id = item.template_id
            WHERE item.id = NEW.item_id AND i.id = NEW.inspection_id;
            IF NOT FOUND THEN
                PERFORM public.refuse(TG_NAME, TG_TABLE_NAME, format(
                    'point %s is of another template than inspection %s', NEW.item_id, NEW.inspection_id));
            END IF;""",
)


def changed(*columns: str) -> str:
    old, new = (", ".join(f"{row}.{column}" for column in columns) for row in ("OLD", "NEW"))
    return f"({old}) IS DISTINCT FROM ({new})"


class Migration(migrations.Migration):
    """Published templates, given answers, verdicts, files and contacts stay what they were.

    What is answered or decided anew leaves the one before with the moment at which it was replaced.
    """

    dependencies = [("orders", "0008_inspections"), ("core", "0002_rights")]

    operations = [
        *append_only("orders_contact"),
        *append_only("orders_inspectionmeasure"),
        Rights("orders_inspection", KEPT),
        Rights("orders_inspectionanswer", KEPT),
        Rights("orders_inspectionverdict", KEPT),
        Rights("orders_evidence", KEPT),
        refuse(
            "orders_inspectiontemplate",
            "template_published_kept",
            on="UPDATE OR DELETE",
            when="OLD.published_at IS NOT NULL",
            because="a published version never changes",
        ),
        ITEM_OF_DRAFT,
        check_now(
            "orders_inspectionitem",
            "item_published_kept",
            on="INSERT OR UPDATE OR DELETE",
            function="inspection_item_of_draft",
        ),
        POINT_OF_ITS_TEMPLATE,
        check_now(
            "orders_inspectionanswer",
            "answer_to_its_template",
            on="INSERT",
            function="inspection_point_of_its_template",
        ),
        check_now(
            "orders_evidence",
            "evidence_of_its_template",
            on="INSERT OR UPDATE OF item_id, inspection_id",
            when="NEW.item_id IS NOT NULL",
            function="inspection_point_of_its_template",
        ),
        refuse(
            "orders_inspection",
            "inspection_ended_kept",
            on="UPDATE",
            when="OLD.ended_at IS NOT NULL AND OLD.* IS DISTINCT FROM NEW.*",
            because="an ended inspection never changes",
        ),
        refuse(
            "orders_inspectionanswer",
            "answer_kept",
            on="UPDATE",
            when=changed("inspection_id", "item_id", "value", "is_normal", "remark", "in_bulk", "by_id", "door", "at")
            + " OR OLD.replaced_at IS NOT NULL",
            because="an answer is replaced by another one, not changed",
        ),
        refuse(
            "orders_inspectionverdict",
            "verdict_kept",
            on="UPDATE",
            when=changed("inspection_id", "verdict", "remarks", "by_id", "door", "at")
            + " OR OLD.replaced_at IS NOT NULL"
            + " OR OLD.decision <> '' AND "
            + changed("decision", "decision_reason", "decided_by_id", "decided_at"),
            because="a verdict is replaced by another one, not changed",
        ),
        refuse(
            "orders_evidence",
            "evidence_kept",
            on="UPDATE",
            when=changed(
                "order_id",
                "inspection_id",
                "purpose",
                "kind",
                "content_type",
                "size",
                "sha256",
                "width",
                "height",
                "name",
                "stored_as",
                "added_by_id",
                "door",
                "at",
            )
            + " OR OLD.removed_at IS NOT NULL",
            because="a file that was kept stays what it was",
        ),
    ]
