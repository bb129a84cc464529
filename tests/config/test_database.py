"""The tests log in as the application does, and each transactional test leaves an empty database."""

import pytest
from django.db import connection
from django.db.utils import ProgrammingError
from django.utils.timezone import now
from django_celery_beat.models import ClockedSchedule


@pytest.mark.django_db
def test_tests_run_with_the_rights_of_the_application() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)")
        assert cursor.fetchone() == ("rop_app", False)


@pytest.mark.django_db
def test_the_application_can_not_alter_tables() -> None:
    with pytest.raises(ProgrammingError, match="must be owner"), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE django_session ADD COLUMN more int")


@pytest.mark.parametrize("turn", [1, 2])
@pytest.mark.django_db(transaction=True)
def test_what_a_committing_test_writes_is_gone_before_the_next(turn: int) -> None:
    assert not ClockedSchedule.objects.exists()
    assert ClockedSchedule.objects.create(clocked_time=now()).pk == 1
