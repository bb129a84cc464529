import pytest

pytest.register_assert_rewrite("tests.faults.product", "tests.faults.rest", "tests.faults.running")
