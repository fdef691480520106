"""What lies on the phone: sealed, one woman's apart from another's, resumed after a cut, and erased."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.e2e.phone import PIN, Phone, Woman, make_women, phones, work_without_signal
from tests.e2e.test_accessibility import faults_everywhere
from tests.house import House

pytestmark = [pytest.mark.browser, pytest.mark.processes]
GetPhone = Callable[[], Phone]
NEW_VERSION = """
from django.utils import timezone
from courses.cohorts.changes import ContentChange
from courses.cohorts.models import CohortContent
from courses.pages.models import ContentVersion
pins = CohortContent.objects.filter(cohort__name__contains="Generación B", kind="lesson", module_number=3)
pin = pins.last()
old = pin.version
facts = {f.attname: getattr(old, f.attname) for f in old._meta.concrete_fields if not f.primary_key}
new = ContentVersion(**facts | {"title": old.title + " (2)", "digest": "0" * 64, "number": old.number + 1})
new.save()
CohortContent.objects.filter(pk=pin.pk).update(version=new)
told = dict(from_version=old, to_version=new, needs_rereading=True, at=timezone.now())
ContentChange.objects.create(pin=pin, **told)
"""
CONTROL = "this-is-in-clear-so-that-we-know-that-we-can-read"
FILES = re.compile(r"/sync/v1/modules/[^/]+/files/([0-9a-f]{64})/(\d+)/")
EVERYTHING = """async () => {
    const texts = [];
    const decode = (buffer) => new TextDecoder("latin1").decode(buffer);
    const walk = (value) => {
        if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) texts.push(decode(value));
        else if (value instanceof CryptoKey) texts.push(`extractable: ${value.extractable}`);
        else if (value && typeof value === "object") {
            if (!Array.isArray(value)) texts.push(...Object.keys(value));
            Object.values(value).forEach(walk);
        }
        else texts.push(String(value));
    };
    for (const { name } of await indexedDB.databases()) {
        const db = await new Promise(done => {
            const asked = indexedDB.open(name);
            asked.onsuccess = () => done(asked.result);
        });
        for (const store of db.objectStoreNames) {
            const rows = await new Promise(done => {
                const asked = db.transaction(store).objectStore(store).getAll();
                asked.onsuccess = () => done(asked.result);
            });
            walk(rows);
        }
        db.close();
    }
    for (const name of await caches.keys()) {
        const cache = await caches.open(name);
        for (const request of await cache.keys()) {
            texts.push(request.url, await (await cache.match(request)).text());
        }
    }
    walk({ ...localStorage });
    walk({ ...sessionStorage });
    return texts;
}"""


@pytest.fixture(scope="module")
def women(house: House) -> Iterator[Woman]:
    """Women of one cohort."""
    return iter(make_women(house, 10))


@pytest.fixture
def get_phone(browser: Browser, house: House, tmp_path: Path) -> Iterator[GetPhone]:
    """`get_phone()`: a new phone."""
    with phones(browser, house, tmp_path) as make:
        yield make


def secrets_of(house: House, woman: Woman) -> set[str]:
    """What nobody may find: who she is, what she reads and answers, its titles and its slugs."""
    titles = [str(row[0]) for row in house.ask("select title from courses_contentversion")]
    slugs = [str(row[0]) for row in house.ask("select slug from wagtailcore_page where slug like 'm3-%'")]
    query = "select questions, answers from courses_attempt order by started_at desc limit 1"
    questions = " ".join(str(part) for part in house.ask(query)[0])
    texts = re.findall(r'"text": "((?:[^"\\]|\\.)+)"', questions)
    spoken = [text.encode().decode("unicode_escape") if "\\u" in text else text for text in texts]
    ids = re.findall(r'"id": "([^"]{6,})"', questions)
    found = {woman.user, woman.name, PIN, *titles, *slugs, *ids, *spoken}
    return {text for text in found if len(text) > 5}


def met(secrets: set[str], content: bytes) -> set[str]:
    """Which of them stand in these bytes, in any of the ways a browser writes text."""
    return {
        text
        for text in secrets
        if any(text.encode(code, "ignore") in content for code in ("utf-8", "utf-16-le", "latin-1"))
    }


def read_profile(profile: Path) -> dict[str, bytes]:
    """Every file of a browser's profile; databases of SQLite also as their rows say it."""
    return {
        str(file.relative_to(profile)): file.read_bytes()
        for file in profile.rglob("*")
        if file.is_file() and not file.is_symlink()
    }


def control_lies_in(phone: Phone) -> set[str]:
    """The files in which the browser has written the text that may be found."""
    return {name for name, content in read_profile(phone.profile).items() if CONTROL.encode() in content}


def test_a_browser_killed_in_the_middle_leaves_nothing_in_clear(
    women: Iterator[Woman],
    house: House,
    get_phone: GetPhone,
) -> None:
    woman, phone = next(women), get_phone()
    work_without_signal(phone, woman)
    phone.back()
    phone.open_lesson(0)
    phone.expect_sound()
    phone.page.evaluate(
        """async text => {
            localStorage.setItem("control", text);
            const cache = await caches.open("control");
            await cache.put("/control", new Response(text));
        }""",
        CONTROL,
    )
    phone.page.wait_for_timeout(6_000)  # the browser writes localStorage and its session file after 5 s
    phone.wait_until(lambda: any("Local Storage" in name for name in control_lies_in(phone)))
    phone.kill()
    files = read_profile(phone.profile)
    places = {name for name, content in files.items() if CONTROL.encode() in content}
    assert any("Local Storage" in name for name in places), places
    assert any("CacheStorage" in name for name in places), places
    secrets = secrets_of(house, woman)
    assert len(secrets) > 40
    assert {name: found for name, content in files.items() if (found := met(secrets, content))} == {}
    assert any("IndexedDB" in name for name in files)
    visited = files.get("Default/History", b"")
    assert b"/curso/" not in visited

    page = phone.open(offline=True)  # what LevelDB compresses is read through the browser itself
    texts = page.evaluate(EVERYTHING)
    assert CONTROL in texts
    assert "extractable: false" in texts
    assert "extractable: true" not in texts
    assert met(secrets, "\n".join(texts).encode("latin-1", "ignore")) == set()
    assert met(secrets, "\n".join(texts).encode()) == set()


def test_the_pin_of_another_woman_opens_nothing_of_hers(
    women: Iterator[Woman],
    get_phone: GetPhone,
) -> None:
    one, other, phone = next(women), next(women), get_phone()
    work_without_signal(phone, one)
    phone.offline(False)
    phone.expect_status("arrived")
    phone.offline()
    phone.sign_in(other)
    phone.offline(False)
    phone.page.goto("/telefono/")
    phone.set_up(PIN)  # the same PIN, by chance
    expect(phone.row().locator("[data-state=not_here]")).to_be_visible()
    assert phone.page.locator("[data-act=open]:visible").count() == 0
    tags = {row["tag"] for row in phone.rows("vaults")}
    assert len(tags) == 2
    # The other is signed in, and one opens her own: she reads what is here, and downloads nothing.
    phone.page.locator("header [data-do=lock]").click()
    phone.unlock(one.user)
    expect(phone.view("home").locator("[data-note]")).to_be_visible()
    assert phone.page.locator("[data-act=download]:visible").count() == 0
    expect(phone.row().locator("[data-act=open]")).to_be_visible()
    phone.page.locator("header [data-do=lock]").click()
    assert phone.page.locator("[data-modules] > li").count() == 0
    phone.unlock(one.user, "111111")
    expect(phone.view("door").locator("[data-error]")).to_be_visible()
    expect(phone.view("home")).to_be_hidden()


def test_wrong_pins_are_slowed_and_tell_nothing_of_who_is_here(
    women: Iterator[Woman],
    get_phone: GetPhone,
) -> None:
    woman, phone = next(women), get_phone()
    phone.open(woman)
    phone.set_up()
    phone.sign_in(None)
    phone.page.goto("/telefono/")
    error, said = phone.view("door").locator("[data-error]"), []
    for user in ("nadie", woman.user):
        for number in range(3):
            phone.unlock(user, f"00000{number}")
            expect(phone.page.locator("#door-pin")).to_have_value("")
            expect(phone.view("door").locator("button[type=submit]")).to_be_enabled()
        said.append(re.sub(r"\d+", "n", error.inner_text()))
    assert said[0] == said[1]
    phone.unlock(woman.user)  # the right one must wait, too
    expect(error).to_be_visible()
    expect(phone.view("home")).to_be_hidden()
    phone.page.wait_for_timeout(5_500)
    phone.unlock(woman.user)
    expect(phone.view("home")).to_be_visible()


def asked_parts(page: Page) -> list[tuple[str, str]]:
    """Which parts of files the page asks for, from now on."""
    asked: list[tuple[str, str]] = []
    page.on("request", lambda request: asked.extend((m[1], m[2]) for m in [FILES.search(request.url)] if m))
    return asked


def test_a_download_is_paused_cut_and_goes_on_where_it_was(
    women: Iterator[Woman],
    get_phone: GetPhone,
) -> None:
    woman, phone = next(women), get_phone()
    page = phone.open(woman)
    phone.set_up()
    asked = asked_parts(page)
    arrived: list[str] = []

    def third_is_cut(route: Route) -> None:
        if len(arrived) == 2:
            return route.abort()
        arrived.append(route.request.url)
        return route.continue_()

    page.route(FILES, third_is_cut)
    phone.row().locator("[data-act=download]").click()
    expect(phone.row().locator("[data-act=resume]")).to_be_visible()
    expect(page.locator("[data-told]")).to_be_visible()  # there is no signal, in words
    assert len(phone.rows("parts")) == 2
    page.unroute(FILES)
    page.route(FILES, lambda route: None)  # a very slow network
    phone.row().locator("[data-act=resume]").click()
    phone.row().locator("[data-act=pause]").click()
    expect(phone.row().locator("[data-act=resume]")).to_be_visible()
    page.unroute(FILES)
    phone.close()
    page = phone.open(woman)
    phone.unlock(woman.user)
    later = asked_parts(page)
    phone.row().locator("[data-act=resume]").click()
    expect(phone.row().locator("[data-state=here]")).to_be_visible(timeout=20_000)
    assert asked
    assert not set(asked[:2]) & set(later)
    assert len(phone.rows("parts")) == 2 + len(later)


def test_a_full_phone_says_so_and_keeps_what_it_has(
    women: Iterator[Woman],
    house: House,
    get_phone: GetPhone,
) -> None:
    woman, phone = next(women), get_phone()
    page = phone.open(woman)
    assert phone.context is not None
    devtools = phone.context.new_cdp_session(page)
    limit = {"origin": house.url, "quotaSize": 400_000}  # of 700 kB that the module takes
    devtools.send("Storage.overrideQuotaForOrigin", limit)
    phone.set_up()
    phone.download("1")
    phone.row().locator("[data-act=download]").click()
    expect(phone.row().locator("[data-act=resume]")).to_be_visible(timeout=20_000)
    expect(page.locator("[data-told]")).to_be_visible()
    phone.open_module("1")
    phone.back()
    devtools.send("Storage.overrideQuotaForOrigin", {"origin": house.url})
    phone.row().locator("[data-act=resume]").click()
    expect(phone.row().locator("[data-state=here]")).to_be_visible(timeout=20_000)


def test_erasing_asks_for_what_waits_and_leaves_nothing(
    women: Iterator[Woman],
    get_phone: GetPhone,
) -> None:
    woman, phone = next(women), get_phone()
    work_without_signal(phone, woman)
    phone.back()
    phone.back()
    phone.view("home").locator("[data-do=erase]").click()
    expect(phone.view("erase").locator("[data-when=waiting]")).to_be_visible()
    found = faults_everywhere(phone.page)
    phone.offline(False)
    phone.expect_status("arrived")
    expect(phone.view("erase").locator("[data-when=waiting]")).to_be_hidden()
    phone.view("erase").locator("[data-do=erase-now]").click()
    expect(phone.view("gone")).to_be_visible()
    left: Any = phone.page.evaluate(
        """async () => [
            await indexedDB.databases(), await caches.keys(), Object.keys(localStorage),
            (await navigator.serviceWorker.getRegistrations()).length,
        ]"""
    )
    assert left == [[], [], [], 0]
    assert found == []


def test_a_forgotten_pin_loses_no_work(
    women: Iterator[Woman],
    house: House,
    get_phone: GetPhone,
) -> None:
    woman, phone = next(women), get_phone()
    work_without_signal(phone, woman)
    assert len(phone.boxes()) >= 7
    phone.page.route("**/sync/v1/events/", lambda route: route.abort())
    phone.offline(False)
    phone.page.goto("/telefono/")
    phone.view("door").locator("details summary").click()
    phone.view("door").locator("[data-do=setup]").click()
    expect(phone.view("setup").locator("[data-when=again]")).to_be_visible()
    phone.set_up(PIN)
    expect(phone.row().locator("[data-state=not_here]")).to_be_visible()
    phone.expect_status("waiting")
    phone.page.unroute("**/sync/v1/events/")
    phone.page.locator("[data-status] [data-do=send]").click()
    phone.expect_status("arrived")
    query = (
        f"select count(*) from courses_attempt where enrolment_id='{woman.enrolment}' and answers like '%:%'"
    )
    assert int(str(house.ask(query)[0][0])) >= 1


def test_a_new_version_is_offered_and_the_old_one_works_until_it_is_whole(
    women: Iterator[Woman],
    house: House,
    get_phone: GetPhone,
) -> None:
    woman, phone = next(women), get_phone()
    page = phone.open(woman)
    phone.set_up()
    phone.download()
    phone.open_module()
    phone.open_lesson(5)
    phone.finish_lesson()
    page.locator("[data-status] [data-do=send]").click()
    phone.expect_status("arrived")
    house.manage("shell", "-c", NEW_VERSION)
    page.goto("/telefono/")
    phone.unlock(woman.user)
    expect(phone.row().locator("[data-state=renewed]")).to_be_visible()
    phone.open_module()  # the old one
    expect(phone.view("module").locator("[data-lessons]")).not_to_contain_text("(2)")
    phone.back()
    asked = asked_parts(page)
    phone.row().locator("[data-act=renew]").click()
    expect(phone.row().locator("[data-state=here]")).to_be_visible(timeout=20_000)
    assert asked == []  # sounds and pictures are the same, and are not fetched twice
    phone.open_module()
    expect(phone.view("module").locator("[data-lessons]")).to_contain_text("(2)")
    expect(phone.view("module").locator("[data-lessons] button")).to_have_count(7)
    assert len(phone.rows("records")) == 3  # her list, her work and the new package: the old one is gone
    phone.offline()
    news, lesson = phone.view("module").locator("[data-lessons]"), phone.view("lesson")
    expect(news).to_contain_text("algo nuevo")
    phone.open_lesson(5)
    expect(lesson.locator(".chip--ok")).to_be_visible()  # it stays finished
    expect(lesson.locator(".note[data-when=news]")).to_be_visible()
    phone.finish_lesson()
    expect(lesson.locator(".note[data-when=news]")).to_be_hidden()
    phone.back()
    expect(news).not_to_contain_text("algo nuevo")


def test_who_has_left_the_course_is_told_why_nothing_can_be_downloaded(
    women: Iterator[Woman],
    house: House,
    get_phone: GetPhone,
) -> None:
    woman, phone = next(women), get_phone()
    leave = f"Enrolment.objects.filter(pk='{woman.enrolment}').update(status='withdrawn')"
    house.manage("shell", "-c", f"from courses.cohorts.models import Enrolment; {leave}")
    page = phone.open(woman)
    page.locator("#setup-pin").fill(PIN)
    page.locator("#setup-pin").press("Enter")
    note = phone.view("home").locator("[data-note]")
    expect(note).to_contain_text("curso")
    expect(note).to_contain_text("coordinadora")
