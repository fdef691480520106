"""A phone in a woman's hand: a browser with a profile of its own, and the steps she takes on it."""

import json
import os
import re
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e import sheet
from tests.e2e.conftest import CHROMIUM, FLAGS, PHONE
from tests.house import House, parents, wait_until, words_of

PIN = "402817"
ALL_BUT_CSRF = re.compile("^(?!csrftoken$)")
MODULE = "3"
WOMEN = """
import json
from importlib import import_module
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import Group
from django.utils import timezone
from cms.users.models import User
from courses.cohorts.models import Enrolment
from courses.people.models import Person
made = []
taken = Enrolment.objects.active().filter(cohort__name__contains="{cohort}", person__account=None)
before = User.objects.filter(username__startswith="doña-").count()
for number, one in enumerate(taken.select_related("person").order_by("pk")[:{count}], before):
    user = User(username="doña-%d-ñandú" % number)
    getattr(user, "set_pin", user.set_password)("{pin}")
    user.save()
    user.groups.add(Group.objects.get(name="trainee"))
    Person.objects.filter(pk=one.person.pk).update(account=user)
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    made.append([user.username, one.person.name, session.session_key, one.pk.hex])
print("MADE" + json.dumps(made))
"""


class Woman:
    """A trainee of the running cohort who signs in."""

    def __init__(self, user: str, name: str, session: str, enrolment: str) -> None:
        self.user, self.name, self.session, self.enrolment = user, name, session, enrolment


def make_women(house: House, count: int, cohort: str = "Generación B", before: str = "") -> list[Woman]:
    """Accounts for women of a cohort, each with an open session; `before` is run first, at the same price."""
    script = before + WOMEN.format(count=count, cohort=cohort, pin=PIN)
    said = house.manage("shell", "-c", script)
    return [Woman(*facts) for facts in json.loads(said.rpartition("MADE")[2])]


class Phone:
    """Chromium with its own profile; `open` and `close` as often as she likes."""

    def __init__(self, browser: Browser, house: House, profile: Path) -> None:
        self.browser, self.house, self.profile = browser, house, profile
        self.context: BrowserContext | None = None
        self.page: Page
        self.troubles: list[str] = []

    def open(self, woman: Woman | None = None, *, offline: bool = False) -> Page:
        """Start the browser; whoever is given is signed in."""
        self.context = self.browser.browser_type.launch_persistent_context(
            self.profile,
            executable_path=CHROMIUM,
            args=FLAGS,
            base_url=self.house.url,
            locale="es-MX",
            viewport=PHONE,
        )
        self.context.set_offline(offline)
        self.sign_in(woman)
        self.page = self.context.pages[0]
        self.page.on("pageerror", lambda error: self.troubles.append(error.stack or str(error)))
        self.page.goto("/telefono/")
        return self.page

    def sign_in(self, woman: Woman | None) -> None:
        """Her session, and nobody else's; the phone keeps its CSRF cookie, which an open page may use."""
        assert self.context is not None
        self.context.clear_cookies(name=ALL_BUT_CSRF)
        if woman:
            self.context.add_cookies(
                [{"name": "sessionid", "value": woman.session, "url": self.house.url, "httpOnly": True}]
            )

    def offline(self, is_so: bool = True) -> None:
        assert self.context is not None
        self.context.set_offline(is_so)

    def close(self) -> None:
        """She closes the browser."""
        if self.context:
            self.context.close()
            self.context = None

    def kill(self) -> None:
        """The browser dies at once: kill -9 for every process of this profile."""
        table = parents()
        ours = [pid for pid in table if f"--user-data-dir={self.profile}" in words_of(pid)]
        assert ours
        for pid in ours:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        wait_until(lambda: not any(words_of(pid) for pid in ours), "the browser is dead")
        try:
            self.close()
        except Exception:  # whatever the driver says of a browser that was killed
            self.context = None

    # --- what she does -----------------------------------------------------------------------------------

    def set_up(self, pin: str = PIN) -> None:
        """She keeps lessons here for the first time."""
        self.page.locator("#setup-pin").fill(pin)
        self.page.locator("#setup-pin").press("Enter")
        expect(self.view("home")).to_be_visible()
        # The first time, the house draws every lesson: on a loaded machine that takes a while.
        expect(self.page.locator("[data-modules] > li").first).to_be_visible(timeout=60_000)

    def unlock(self, user: str, pin: str = PIN) -> None:
        self.page.locator("#door-user").fill(user)
        self.page.locator("#door-pin").fill(pin)
        self.page.locator("#door-pin").press("Enter")

    def view(self, name: str) -> Any:
        return self.page.locator(f'[data-view="{name}"]')

    def row(self, number: str = MODULE) -> Any:
        """The card of a module."""
        return self.page.locator("[data-modules] > li").filter(
            has=self.page.locator(f'[data-number]:text-is("{number}")')
        )

    def download(self, number: str = MODULE) -> None:
        self.row(number).locator("[data-act=download]").click()
        expect(self.row(number).locator("[data-state=here]")).to_be_visible(timeout=20_000)
        self.page.evaluate("navigator.serviceWorker.ready.then(() => true)")  # the page itself is kept too

    def open_module(self, number: str = MODULE) -> None:
        self.row(number).locator("[data-act=open]").click()
        expect(self.view("module")).to_be_visible()

    def open_lesson(self, place: int) -> None:
        self.view("module").locator("[data-lessons] button").nth(place).click()
        expect(self.view("lesson")).to_be_visible()

    def open_test(self) -> None:
        self.view("module").locator("[data-lessons] button").last.click()
        expect(self.view("test")).to_be_visible()

    def back(self) -> None:
        shown = self.page.locator("[data-view]:visible").get_attribute("data-view")
        self.view(str(shown)).locator("> .back").click()
        expect(self.view(str(shown))).to_be_hidden()

    def finish_lesson(self) -> None:
        button = self.view("lesson").locator("[data-do=finish]")
        button.click()
        expect(button).to_be_hidden()

    def do_test(self, option: int = 0) -> dict[str, str]:
        """Answer everything with the same option and hand it in; what was chosen."""
        questions = self.view("test").locator(sheet.QUESTION).all()
        for question in questions:
            sheet.answer(question, option)
        chosen = {str(one.get_attribute("data-question")): sheet.answer_of(one) for one in questions}
        self.view("test").locator("form [type=submit]").click()
        expect(self.view("test").locator("[data-when=handed-in]")).to_be_visible()
        return chosen

    def wait_until(self, is_so: Callable[[], bool]) -> None:
        """Wait while the browser goes on: its routes are served by this very thread."""
        for _time in range(600):
            if is_so():
                return
            self.page.wait_for_timeout(100)
        raise AssertionError("never happened")

    def expect_sound(self) -> None:
        """The narration of the open lesson is decrypted."""
        expect(self.view("lesson").locator("audio").first).to_have_attribute("src", re.compile("^blob:"))

    def expect_status(self, state: str) -> None:
        expect(self.page.locator("[data-status]")).to_have_attribute("data-status", state, timeout=20_000)

    # --- what lies on it ---------------------------------------------------------------------------------

    def rows(self, store: str) -> list[Any]:
        """Every row of a store of the database, as far as JSON can say it."""
        found: list[Any] = self.page.evaluate(
            """store => new Promise((resolve, reject) => {
                const opening = indexedDB.open("phone");
                opening.onerror = () => reject(opening.error);
                opening.onsuccess = () => {
                    const asked = opening.result.transaction(store).objectStore(store).getAll();
                    asked.onsuccess = () => { opening.result.close(); resolve(asked.result); };
                };
            })""",
            store,
        )
        return found

    def boxes(self) -> list[dict[str, str]]:
        """What waits for the server, sealed."""
        return [row["box"] for row in self.rows("queue")]


@contextmanager
def phones(browser: Browser, house: House, folder: Path) -> Iterator[Callable[[], Phone]]:
    """Makes phones; they are closed at the end, and no error may have happened on their pages."""
    made: list[Phone] = []

    def make() -> Phone:
        made.append(Phone(browser, house, folder / f"phone-{len(made)}"))
        return made[-1]

    try:
        yield make
    finally:
        for phone in made:
            phone.close()
    troubles = [trouble for phone in made for trouble in phone.troubles]
    assert not troubles, troubles


def work_without_signal(phone: Phone, woman: Woman, option: int = 0) -> dict[str, str]:
    """Set up, download, lose the signal, finish the last lesson and hand in the test: the answers given."""
    phone.open(woman)
    phone.set_up()
    phone.download()
    phone.offline()
    phone.open_module()
    phone.open_lesson(5)
    phone.finish_lesson()
    phone.back()
    phone.open_test()
    answers = phone.do_test(option)
    phone.expect_status("waiting")
    return answers


def facts_of(house: House, woman: Woman) -> dict[str, Any]:
    """What the server knows of her work: tests handed in, events by their state (places are no work)."""
    hers = f"enrolment_id = '{woman.enrolment}'"
    return {
        "attempts": house.ask(
            f"select correct, answers from courses_attempt where {hers} "
            "and submitted_at > datetime('now', '-1 hour')"
        ),
        "events": house.ask(
            "select e.status, count(*) from courses_syncevent e join courses_person p on p.id = e.person_id "
            f"join users_user u on u.id = p.account_id "
            f"where u.username = '{woman.user}' and e.kind <> 'lesson.place' group by 1"
        ),
    }
