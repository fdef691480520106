"""A passkey and an app in a real browser: set up, and asked for at the next sign-in."""

import re
import time
from collections.abc import Callable

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Page, expect

from tests.e2e.test_accessibility import faults_everywhere
from tests.house import House

pytestmark = [pytest.mark.browser, pytest.mark.processes]
GIVE = """
from django.contrib.auth.models import Group
from cms.users.models import User
made, _new = User.objects.get_or_create(username="recién-llegada")
made.give_password("{given}")
made.save()
made.groups.add(Group.objects.get(name="trainer"))
"""
Visit = Callable[..., Page]
SET_UP, ASKED = "/cuenta/segundo-paso/", re.compile("/entrar/segundo-paso/")
CODES, HOME = re.compile("/segundo-paso/codigos/$"), re.compile("/admin/$")


def key_ring(page: Page) -> None:
    """A passkey provider without a person: Chromium's virtual authenticator."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    kind = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    more = {"isUserVerified": True, "automaticPresenceSimulation": True}
    session.send("WebAuthn.addVirtualAuthenticator", {"options": {**kind, **more}})


def password_step(page: Page, house: House, username: str) -> None:
    page.goto("/entrar/equipo/")
    page.locator("input[name=username]").fill(username)
    page.locator("input[name=password]").fill(house.accounts()[username])
    page.locator("main form button[type=submit]").click()


def test_a_passkey_is_set_up_and_opens_at_the_next_sign_in(visit: Visit, house: House) -> None:
    page = visit("coordinadora")
    key_ring(page)
    page.goto(f"{SET_UP}llave/")
    page.locator("input[name=name]").fill("mi teléfono")
    page.locator("form[data-passkey] button[type=submit]").click()
    page.wait_for_url(CODES)
    assert page.locator(".codes li").count() == 10
    page.context.clear_cookies()
    password_step(page, house, "coordinadora")
    page.wait_for_url(ASKED)
    page.locator("form[data-passkey] button[type=submit]").click()
    page.wait_for_url(HOME)


@pytest.mark.parametrize("script", [True, False])
def test_a_password_that_was_given_leads_to_a_page_to_choose_another(
    visit: Visit, house: House, script: bool
) -> None:
    """Read at 360 pixels, in the dark and with the keyboard alone."""
    given, own = "luna-de-papel-veinte", "cometa-azul-en-marzo"
    house.manage("shell", "-c", GIVE.format(given=given))
    page = visit(script=script)
    page.goto("/entrar/equipo/")
    page.locator("input[name=username]").fill("recién-llegada")
    page.locator("input[name=password]").fill(given)
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("/entrar/clave/")
    if script:
        assert faults_everywhere(page) == []
    page.locator("[name=new_password1]").fill(given)
    page.locator("[name=new_password2]").fill(given)
    page.locator("[name=new_password2]").press("Enter")
    expect(page.locator("main form")).to_contain_text("Elija otra")
    page.locator("[name=new_password1]").fill(own)
    page.locator("[name=new_password2]").fill(own)
    page.locator("main form button[type=submit]").click()
    page.wait_for_url(HOME)


def test_without_script_an_app_is_set_up_and_asked_for(visit: Visit, house: House) -> None:
    page = visit("formadora", script=False)
    page.goto(f"{SET_UP}llave/")
    expect(page.locator("form[data-passkey]")).to_be_hidden()
    page.goto(f"{SET_UP}aplicacion/")
    secret = "".join(page.locator(".signcard__code span").all_inner_texts())
    assert page.locator(".secret > svg").bounding_box() is not None

    def code(steps: int) -> str:
        return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))

    page.locator("input[name=code]").fill(code(0))
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(CODES)
    page.context.clear_cookies()
    password_step(page, house, "formadora")
    page.wait_for_url(ASKED)
    page.locator("input[name=code]").fill(code(1))
    page.locator("main form button[type=submit]").click()
    page.wait_for_url(HOME)
