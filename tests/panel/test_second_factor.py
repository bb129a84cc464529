"""Where a one-time password is asked for, nobody gets past it; setting it up is a page of the panel."""

from binascii import unhexlify

import pytest
from axes.models import AccessAttempt
from django.test import Client
from django.urls import reverse
from django_otp.oath import totp
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from pytest_django.fixtures import Settings

from core.models import User
from tests.panel.visitor import BACKEND, text
from tests.stories.company import Company

PAGE = "/admin/second-factor/"
PASSWORD = "correct horse battery staple"


@pytest.fixture
def client(company: Company, settings: Settings) -> Client:
    """The lead with a password given, and no more than that."""
    settings.ADMIN_OTP = True
    client = Client()
    client.force_login(company.lead, backend=BACKEND)
    return client


def code_of(device: TOTPDevice) -> str:
    return f"{totp(unhexlify(device.key)):06d}"


def set_up(client: Client) -> TOTPDevice:
    client.get(PAGE)
    device = TOTPDevice.objects.get()
    client.post(PAGE, {"token": code_of(device)})
    device.refresh_from_db()
    return device


def forgive(device: TOTPDevice) -> None:
    """Time passes: neither the code before nor a failed attempt stands in the way."""
    TOTPDevice.objects.filter(pk=device.pk).update(
        last_t=-1, throttling_failure_count=0, throttling_failure_timestamp=None
    )


def test_a_password_alone_opens_nothing(client: Client) -> None:
    for name in ("index", "inbox", "orders_order_changelist", "password_change", "my_telegram"):
        answer = client.get(reverse(f"admin:{name}"))
        assert answer.status_code == 302
        assert answer["Location"].startswith("/admin/login/")


def test_after_the_password_one_is_led_to_the_code(client: Client) -> None:
    answer = client.get("/admin/inbox/", follow=True)

    assert [address for address, _code in answer.redirect_chain][-1] == f"{PAGE}?next=%2Fadmin%2Finbox%2F"


def test_the_first_time_a_device_is_set_up_by_a_picture(client: Client, company: Company) -> None:
    page = client.get(PAGE).content.decode()
    device = TOTPDevice.objects.get(user=company.lead)
    assert "<svg" in page
    assert not device.confirmed

    answer = client.post(PAGE, {"token": code_of(device), "next": "/admin/inbox/"})

    codes = answer.context["codes"]
    assert len(set(codes)) == 10
    assert all(code in text(answer) for code in codes)
    assert 'href="/admin/inbox/"' in answer.content.decode()
    assert client.get("/admin/inbox/").status_code == 200


def test_looking_twice_keeps_the_same_secret(client: Client) -> None:
    first, second = client.get(PAGE).content, client.get(PAGE).content

    assert TOTPDevice.objects.count() == 1
    secret = first[first.index(b'class="secret"') :][:80]
    assert secret in second


def test_a_wrong_code_sets_nothing_up(client: Client) -> None:
    client.get(PAGE)
    answer = client.post(PAGE, {"token": "000000"})

    assert answer.context["form"].errors
    assert not TOTPDevice.objects.get().confirmed
    assert client.get("/admin/inbox/").status_code == 302


def test_the_next_time_only_the_code_is_asked_for(client: Client, company: Company) -> None:
    device = set_up(client)
    again = Client()
    again.force_login(company.lead, backend=BACKEND)
    page = again.get(PAGE).content.decode()
    assert "<svg" not in page

    forgive(device)
    answer = again.post(PAGE, {"token": f" {code_of(device)} ", "next": "/admin/week/"})
    assert answer["Location"] == "/admin/week/"
    assert again.get("/admin/week/").status_code == 200


def test_a_code_works_once(client: Client, company: Company) -> None:
    client.get(PAGE)
    code = code_of(TOTPDevice.objects.get())
    client.post(PAGE, {"token": code})
    again = Client()
    again.force_login(company.lead, backend=BACKEND)

    assert again.post(PAGE, {"token": code}).status_code == 200
    assert again.get("/admin/inbox/").status_code == 302


def test_guessing_is_slowed_down(client: Client, company: Company) -> None:
    device = set_up(client)
    again = Client()
    again.force_login(company.lead, backend=BACKEND)
    forgive(device)
    again.post(PAGE, {"token": "123456"})

    # The right one, at once after a wrong one.
    again.post(PAGE, {"token": code_of(device)})

    assert again.get("/admin/inbox/").status_code == 302


def test_a_spare_code_opens_the_panel_once(client: Client, company: Company) -> None:
    set_up(client)
    code = StaticToken.objects.values_list("token", flat=True)[0]
    for opens in (True, False):
        again = Client()
        again.force_login(company.lead, backend=BACKEND)
        again.post(PAGE, {"token": code.upper()})
        assert (again.get("/admin/inbox/").status_code == 200) is opens


def test_whoever_has_no_code_can_log_out(client: Client) -> None:
    set_up(client)
    client.get(PAGE)
    stuck = Client()
    stuck.force_login(User.objects.get(username="olga"), backend=BACKEND)

    assert stuck.get(f"{PAGE}leave/").status_code == 405
    stuck.post(f"{PAGE}leave/")

    assert stuck.get(PAGE)["Location"].startswith("/admin/login/")


def test_one_is_not_led_to_another_site(client: Client) -> None:
    client.get(PAGE)
    answer = client.post(PAGE, {"token": code_of(TOTPDevice.objects.get()), "next": "https://evil.example/"})

    assert "evil.example" not in answer.content.decode()


def test_a_stranger_sees_no_code_page(company: Company, settings: Settings) -> None:
    settings.ADMIN_OTP = True

    assert Client().get(PAGE)["Location"].startswith("/admin/login/")
    nobody = Client()
    nobody.force_login(User.objects.create(username="client"), backend=BACKEND)
    assert nobody.get(PAGE)["Location"].startswith("/admin/login/")
    assert not TOTPDevice.objects.exists()


def test_the_code_page_refuses_presses_from_other_sites(company: Company, settings: Settings) -> None:
    settings.ADMIN_OTP = True
    client = Client(enforce_csrf_checks=True)
    client.force_login(company.lead, backend=BACKEND)

    assert client.post(PAGE, {"token": "1"}).status_code == 403


def test_without_it_a_password_is_enough(company: Company, settings: Settings) -> None:
    settings.ADMIN_OTP = False
    client = Client()
    client.force_login(company.lead, backend=BACKEND)

    assert client.get("/admin/inbox/").status_code == 200


# ── the password itself ───────────────────────────────────────────────────────────────────────────────────────


def log_in(client: Client, password: str) -> int:
    answer = client.post("/admin/login/", {"username": "olga", "password": password}, REMOTE_ADDR="10.0.0.1")
    return answer.status_code


def test_whoever_guesses_passwords_is_locked_out_with_a_page(company: Company) -> None:
    company.lead.set_password(PASSWORD)
    company.lead.save()
    client = Client()

    assert [log_in(client, f"guess {number}") for number in range(4)] == [200] * 4
    answer = client.post("/admin/login/", {"username": "olga", "password": "no"}, REMOTE_ADDR="10.0.0.1")
    assert answer.status_code == 429
    assert b"plain.css" in answer.content
    assert log_in(client, PASSWORD) == 429


@pytest.mark.parametrize("given", [{"username": "a" * 151}, {"password": "a" * 1025}])
def test_what_nobody_is_called_is_not_even_tried(company: Company, given: dict[str, str]) -> None:
    answer = Client().post("/admin/login/", {"username": "olga", "password": "x", **given})

    assert answer.status_code == 200
    assert not AccessAttempt.objects.exists()


def test_a_right_password_leads_to_the_first_page(company: Company) -> None:
    company.lead.set_password(PASSWORD)
    company.lead.save()

    answer = Client().post(
        "/admin/login/", {"username": "olga", "password": PASSWORD}, REMOTE_ADDR="10.0.0.1"
    )

    assert answer["Location"] == "/admin/"
