"""The administrators' page of the audit trail, its filters, its files and its alarm."""

import csv
import json
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from certificates.awards.models import Revocation
from cms.users.roles import ROLES
from courses.people.actions import keep_legal_name
from courses.people.models import Person
from courses.trail import guards, rules
from courses.trail.actions import chain, note
from courses.trail.checking import check_and_keep
from courses.trail.deeds import Deed
from courses.trail.models import TrailEntry
from courses.trail.wording import FACTS, VALUES, fact_words, role_words
from courses.trail.wording import ROLES as ROLE_WORDS
from tests.factories.courses import PersonFactory

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def fill(count: int, by: Any = None) -> None:
    for number in range(count):
        at = NOW + timedelta(minutes=number)
        note(Deed.LEGAL_NAME_SEEN, about=Person(pk=uuid4()), by=by, at=at, count=number)
    chain()


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def body(response: Any) -> str:
    return b"".join(response.streaming_content).decode()


def test_an_administrator_reads_who_did_what(administrator: Any, coordinator: Any) -> None:
    fill(2, by=coordinator)
    page = signed_in(administrator).get(reverse("trail:index")).content.decode()
    assert coordinator.username in page
    assert str(Deed.LEGAL_NAME_SEEN.label) in page


def test_facts_and_roles_stand_in_words_and_only_what_is_unknown_as_it_is_written(
    administrator: Any,
) -> None:
    note(Deed.REVOKED, about=Person(pk=uuid4()), by=administrator, at=NOW, reason="requirements")
    note(Deed.ACCOUNT_CHANGED, about=Person(pk=uuid4()), by=None, at=NOW, roles=["officer", "trainer"])
    page = signed_in(administrator).get(reverse("trail:index")).content.decode()
    with override("es"):
        for told in (fact_words({"reason": "requirements"}), fact_words({"roles": ["trainer", "officer"]})):
            assert told in page
        assert role_words("administrator") in page
    with override("en"):
        assert fact_words({"reason": "requirements"}) == "reason: requirements not met"
        assert fact_words({"roles": ["trainer", "officer"]}) == "roles: trainer, authority officer"
    assert fact_words({"reason": "of_a_later_version", "odd": "code"}).endswith(
        "of_a_later_version · odd: code"
    )


@pytest.mark.parametrize(("name", "codes"), [*rules.WORDS.items()])
def test_every_code_has_words(name: str, codes: frozenset[str]) -> None:
    assert codes == VALUES[name].keys()
    assert {*rules.ROLES, rules.SUPERUSER} == ROLE_WORDS.keys()
    assert rules.COUNTS | rules.IDS | rules.WORDS.keys() | rules.SWITCHES | rules.ROLE_LISTS == FACTS.keys()


@pytest.mark.parametrize(
    "address", ["trail:index", "trail:index_results", "trail:file_jsonl", "trail:file_csv"]
)
def test_nobody_else_sees_it(address: str, coordinator: Any, trainer: Any) -> None:
    fill(1)
    for user in (coordinator, trainer):
        client = signed_in(user)
        for answer in (client.get(reverse(address)), client.post(reverse(address))):
            assert answer.status_code in {302, 403, 405}
            assert "legal_name_seen" not in str(getattr(answer, "content", b""))


def test_the_page_costs_the_same_for_two_entries_and_for_forty(administrator: Any, coordinator: Any) -> None:
    client, counts = signed_in(administrator), []
    for count in (2, 38):
        fill(count, by=coordinator)
        client.get(reverse("trail:index"))
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get(reverse("trail:index"))
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_filters_leave_what_was_asked_for(administrator: Any, coordinator: Any) -> None:
    fill(2, by=coordinator)
    fill(3)
    record = TrailEntry.objects.latest("pk").about
    client, address = signed_in(administrator), reverse("trail:index_results")
    for query, expected in (
        ({"who": coordinator.username}, 2),
        ({"who": "system"}, 3),
        ({"who": "nobody"}, 0),
        ({"what": "legal_name_seen"}, 5),
        ({"what": "issued"}, 0),
        ({"kind": "courses.person"}, 5),
        ({"about": record}, 1),
        ({"at_from": "2027-03-02"}, 0),
    ):
        context = client.get(address, query).context
        assert len(context["object_list"]) == expected, query


def test_the_file_checks_itself_by_the_lines_of_the_handbook(administrator: Any, tmp_path: Path) -> None:
    fill(3)
    answer = signed_in(administrator).post(reverse("trail:file_jsonl"))
    text = body(answer)
    [*_others, last] = [json.loads(line) for line in text.splitlines()]
    assert last["what"] == "trail_exported", "the export stands in the export"
    assert last["actor"] == str(administrator.key)
    handbook = (Path(__file__).parents[3] / "docs" / "audit.md").read_text()
    script = tmp_path / "check.py"
    script.write_text(re.findall(r"```python\n(.*?)```", handbook, flags=re.S)[0])
    file = tmp_path / "trail.jsonl"

    def run(content: str) -> subprocess.CompletedProcess[str]:
        file.write_text(content)
        return subprocess.run([sys.executable, script, file], capture_output=True, text=True, check=False)

    good = run(text)
    assert good.returncode == 0, good.stderr
    assert f"4 {last['hash']}" in good.stdout
    assert run(text.replace('"count": 1', '"count": 7')).returncode == 1
    assert run("\n".join(text.splitlines()[1:])).returncode == 1


def test_the_table_is_no_formula_and_carries_the_hashes(administrator: Any) -> None:
    fill(2)
    text = body(signed_in(administrator).post(reverse("trail:file_csv")))
    rows = list(csv.DictReader(StringIO(text)))
    assert [row["sequence"] for row in rows] == ["1", "2", "3"]
    assert rows[1]["previous"] == rows[0]["hash"]
    assert not any(cell[:1] in "=+-@" for row in rows for cell in row.values() if cell)


def test_a_look_at_a_legal_name_is_noted_and_the_name_is_not(coordinator: Any) -> None:
    person = PersonFactory(name="Luz")
    keep_legal_name(person=person, name="María Luz Pérez", is_printed=True, by=coordinator, at=timezone.now())
    signed_in(coordinator).get(reverse("people:legal_name", args=[person.pk]))
    entry = TrailEntry.objects.latest("pk")
    assert (entry.what, entry.actor, entry.about) == ("legal_name_seen", coordinator.key, str(person.pk))
    assert not any("Pérez" in json.dumps(one.content()) for one in TrailEntry.objects.all())


def test_whoever_made_an_account_with_which_roles_is_noted(administrator: Any) -> None:
    from django.contrib.auth.models import Group

    group = Group.objects.get(name="trainer")
    sent = {"username": "nueva", "password1": "una-clave-muy-larga-9", "password2": "una-clave-muy-larga-9"}
    signed_in(administrator).post(reverse("wagtailusers_users:add"), {**sent, "groups": [group.pk]})
    entry = TrailEntry.objects.filter(what="account_made").get()
    assert (entry.actor, entry.facts["roles"]) == (administrator.key, ["trainer"])
    assert "nueva" not in json.dumps(entry.content())


def test_a_broken_chain_is_told_on_the_first_page_of_administrators_only(
    administrator: Any, coordinator: Any
) -> None:
    guards.lay()
    fill(2)
    check_and_keep(timezone.now())
    home = reverse("wagtailadmin_home")
    assert "trail-alarm" not in signed_in(administrator).get(home).content.decode()
    guards.lift()
    check_and_keep(timezone.now())
    assert "trail-alarm" in signed_in(administrator).get(home).content.decode()
    assert "trail-alarm" not in signed_in(coordinator).get(home).content.decode()


def test_the_command_names_the_first_entry_that_does_not_fit() -> None:
    guards.lay()
    fill(3)
    call_command("check_trail", stdout=StringIO())
    guards.lift()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE courses_trailentry SET about = 'x' WHERE sequence = 2")
    guards.lay()
    told = StringIO()
    with pytest.raises(SystemExit):
        call_command("check_trail", "--json", stdout=told)
    assert "entrada 2" in json.loads(told.getvalue())["findings"][0]


def test_the_closed_lists_know_the_roles_and_the_reasons_of_this_house() -> None:
    assert set(ROLES) == set(rules.ROLES)
    assert set(Revocation.Reason.values) <= rules.WORDS["reason"]


def test_the_page_and_its_filter_need_no_script_of_their_own(administrator: Any) -> None:
    fill(2)
    chain()
    page = signed_in(administrator).get(
        reverse("trail:index"), {"at_from": "2027-03-01", "at_to": "2027-03-31"}
    )
    told = page.content.decode()
    days = re.findall(r'<input type="date" name="(at_\w+)" value="([^"]*)"', told)
    assert days == [("at_from", "2027-03-01"), ("at_to", "2027-03-31")]
    mine = told[told.index("<main") :]
    assert not re.findall(r"<script(?![^>]*\bsrc=)(?![^>]*json)[^>]*>", mine)
