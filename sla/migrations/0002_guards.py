from django.db import migrations

from core.dbguards import check_function, check_now, refuse
from core.dbroles import KEPT, Rights, append_only

# FOR SHARE: a rule must not slip in while another transaction publishes the matrix.
RULE_OF_DRAFT = check_function(
    "rule_of_draft",
    declare="matrix record;",
    body="""
            FOR matrix IN
                SELECT m.id, m.published_at FROM public.sla_matrix m
                WHERE m.id IN (OLD.matrix_id, NEW.matrix_id) FOR SHARE
            LOOP
                IF matrix.published_at IS NOT NULL THEN
                    PERFORM public.refuse(TG_NAME, TG_TABLE_NAME, format(
                        '%s of a rule of the published matrix %s', TG_OP, matrix.id));
                END IF;
            END LOOP;""",
)


class Migration(migrations.Migration):
    """Published matrices, ended clocks and breaches stay as they were.

    A matrix gets its rules first and is published last: from then on it has exactly these.
    """

    dependencies = [("sla", "0001_initial"), ("core", "0002_rights")]

    operations = [
        *append_only("ai_sla_violations"),
        Rights("sla_clock", KEPT),
        refuse(
            "sla_matrix",
            "matrix_published_kept",
            on="UPDATE OR DELETE",
            when="OLD.published_at IS NOT NULL",
            because="a published version never changes",
        ),
        RULE_OF_DRAFT,
        check_now("sla_rule", "rule_published_kept", on="INSERT OR UPDATE OR DELETE", function="rule_of_draft"),
        refuse(
            "sla_clock",
            "clock_ended_kept",
            on="UPDATE",
            when="OLD.ended_at IS NOT NULL AND OLD.* IS DISTINCT FROM NEW.*",
            because="an ended clock never changes",
        ),
        refuse(
            "sla_clock",
            "clock_breach_kept",
            on="UPDATE OF breached_at",
            when="OLD.breached_at IS NOT NULL AND OLD.breached_at IS DISTINCT FROM NEW.breached_at",
            because="a breach is written once",
        ),
    ]
