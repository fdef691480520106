"""A trainer's phone at a venue without signal, and what the school knows afterwards."""

import json
from typing import Any

from playwright.sync_api import BrowserContext, Page, expect

from tests.house import House

PIN = "482913"
# A class and an outing that began two hours ago, and as many women as the story needs. Whenever the tests
# run, it is between eleven and noon where the cohort meets: an outing from 08:00 to 09:00 belongs to it.
GROUND = """
import json
from datetime import timedelta
from django.utils import timezone
from courses.attendance.models import ClassSession
from courses.cohorts.actions import enrol
from courses.cohorts.models import Cohort, Enrolment
from courses.people.models import Person
cohort = Cohort.objects.get(name__contains="Generación B")
ahead = 11 - timezone.now().hour
Cohort.objects.filter(pk=cohort.pk).update(seats=60, time_zone=f"Etc/GMT{-ahead:+d}")
cohort.refresh_from_db()
while Enrolment.objects.for_register(cohort).count() < %d:
    number = Person.objects.count()
    enrol(person=Person.objects.create(name=f"Zoraida {number}"), cohort=cohort, starts_on=cohort.today())
starts = timezone.now() - timedelta(hours=2)
made = [
    ClassSession.objects.create(
        cohort=cohort, modality=modality, number=number, title=title, starts_at=starts,
        ends_at=starts + timedelta(minutes=90), minutes=90, is_planned=False,
    ).pk
    for modality, number, title in %s
]
print("MADE" + json.dumps(made))
"""
COLLEAGUE = """
from django.utils import timezone
from cms.users.models import User
from courses.attendance.actions import Mark, mark_register
from courses.attendance.models import ClassSession
from courses.cohorts.models import Enrolment
session = ClassSession.objects.get(pk=%d)
woman = Enrolment.objects.for_register(session.cohort)[%d]
coordinator = User.objects.get(username="coordinadora")
mark_register(session=session, marks={woman.pk: Mark("excused")}, by=coordinator, at=timezone.now())
"""


def lay_ground(house: House, *sessions: tuple[str, int, str], women: int = 28) -> list[int]:
    """Sessions (modality, number, title) that began two hours ago in a cohort of so many women."""
    said = house.manage("shell", "-c", GROUND % (women, list(sessions)))
    made: list[int] = json.loads(said.rpartition("MADE")[2])
    return made


def mark_as_colleague(house: House, session: int, place: int) -> None:
    """The coordinator notes the woman at this place of the list as excused."""
    house.manage("shell", "-c", COLLEAGUE % (session, place))


class StaffPhone:
    """The team's page in a trainer's hand."""

    def __init__(self, page: Page) -> None:
        self.page, self.troubles = page, list[str]()
        page.on("pageerror", lambda error: self.troubles.append(error.stack or str(error)))
        page.on("dialog", lambda dialog: dialog.accept())

    @property
    def context(self) -> BrowserContext:
        return self.page.context

    def view(self, name: str) -> Any:
        return self.page.locator(f'[data-view="{name}"]')

    def open(self) -> None:
        self.page.goto("/telefono/equipo/")

    def set_up(self, pin: str = PIN) -> None:
        self.page.locator("#setup-pin").fill(pin)
        self.page.locator("#setup-again").fill(pin)
        self.page.locator("#setup-again").press("Enter")
        expect(self.page.locator("[data-cohorts] > section").first).to_be_visible(timeout=30_000)

    def lose_signal(self) -> None:
        """Once the worker has everything."""
        self.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        self.context.set_offline(True)

    def find_signal(self) -> None:
        self.context.set_offline(False)

    def unlock(self, user: str, pin: str = PIN) -> None:
        self.page.locator("#door-user").fill(user)
        self.page.locator("#door-pin").fill(pin)
        self.page.locator("#door-pin").press("Enter")

    def session(self, title: str) -> Any:
        return self.page.locator(".session").filter(has_text=title)

    def open_session(self, title: str) -> None:
        self.session(title).locator("[data-open]").click()

    def mark(self, place: int, status: str, minutes: int = 0) -> None:
        row = self.page.locator("[data-roll] > li").nth(place)
        row.locator(".roll__row").click()
        row.locator(f"[data-status={status}]").click()
        if minutes:
            row.locator("input").fill(str(minutes))

    def confirm(self) -> None:
        self.page.locator('[data-do="check"]').click()
        expect(self.view("confirm")).to_be_visible()
        self.page.locator('[data-do="confirm"]').click()
        expect(self.view("home")).to_be_visible()

    def observe(self, place: int, *, missed: int | None = None) -> None:
        """Every step done, but the one at the place `missed`."""
        self.page.locator("[data-women] button").nth(place).click()
        expect(self.view("observe")).to_be_visible()
        for number, step in enumerate(self.page.locator("[data-steps] fieldset").all()):
            choices = step.locator("input")
            choices.first.check() if number == missed else choices.last.check()
        self.page.locator("#observe-choice").select_option(index=1)
        self.page.locator('form[data-form="observe"] [type=submit]').click()
        expect(self.view("result")).to_be_visible()

    def back(self) -> None:
        shown = str(self.page.locator("[data-view]:visible").get_attribute("data-view"))
        self.view(shown).locator('[data-do="back"]').first.click()
        expect(self.view(shown)).to_be_hidden()

    def go_out(self, one: int, two: int, left: str, back: str) -> None:
        self.page.locator("#outing-one").select_option(index=one)
        self.page.locator("#outing-two").select_option(index=two)
        self.page.locator("#outing-left").fill(left)
        self.page.locator("#outing-back").fill(back)
        self.page.locator('form[data-form="outing"] [type=submit]').click()
        expect(self.page.locator("[data-noted] > li")).not_to_have_count(0)

    def expect_status(self, state: str) -> None:
        bar = self.page.locator("[data-status].status")
        expect(bar).to_have_attribute("data-status", state, timeout=30_000)

    def expect_state(self, title: str, state: str) -> None:
        """What the card of this session says."""
        line = self.session(title).locator("[data-state]")
        expect(line).to_have_attribute("data-state", state, timeout=30_000)


def settle_conflict(coordinator: Page, session: int) -> None:
    """The coordinator lets the trainer's word count."""
    coordinator.goto(f"/admin/register/{session}/")
    coordinator.locator("button[name=keep][value=second]").first.click()
    expect(coordinator.locator("button[name=keep]")).to_have_count(0)
