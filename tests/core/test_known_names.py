"""A page reads each name once, whoever of its parts tells of the person."""

from typing import Any

import pytest

from core.selectors import KnownNames
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def test_only_those_are_read_who_are_not_known_yet(django_assert_num_queries: Any) -> None:
    anna, boris, vera = (UserFactory(first_name=name, last_name="") for name in ("Anna", "Boris", "Vera"))
    names_of = KnownNames([anna])

    with django_assert_num_queries(0):
        assert names_of([anna.pk, anna.pk]) == {anna.pk: "Anna"}
        assert names_of([]) == {}
    with django_assert_num_queries(1):
        assert names_of([anna.pk, boris.pk]) == {anna.pk: "Anna", boris.pk: "Boris"}
    with django_assert_num_queries(0):
        assert names_of([boris.pk]) == {boris.pk: "Boris"}
    with django_assert_num_queries(1):
        assert names_of([boris.pk, vera.pk, 10**6]) == {boris.pk: "Boris", vera.pk: "Vera"}
