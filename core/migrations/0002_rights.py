from django.db import migrations

from core.dbguards import CREATE_REFUSALS, DROP_REFUSALS, refuse
from core.dbroles import KEPT, OrdinaryRights, Rights, append_only


class Migration(migrations.Migration):

    dependencies = [("core", "0001_initial")]

    operations = [
        OrdinaryRights(),
        migrations.RunSQL(CREATE_REFUSALS, DROP_REFUSALS),
        *append_only("core_entry"),
        Rights("core_message", KEPT),
        refuse(
            "core_calendar",
            "calendar_published_kept",
            on="UPDATE OR DELETE",
            when="OLD.published_at IS NOT NULL",
            because="a published version never changes",
        ),
    ]
