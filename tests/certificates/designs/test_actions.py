"""Publishing freezes a version; awards take the right one and keep it for ever."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from certificates import payload, tasks
from certificates.actas import actions as actas
from certificates.actas.models import Acta
from certificates.awards import actions as awards
from certificates.awards import life
from certificates.awards.models import Certificate, HolderChoice
from certificates.designs import actions, models
from certificates.designs.models import Design, DesignVersion
from certificates.errors import Refused
from certificates.printing import rendering
from certificates.records import IsFinal
from courses.people.models import Organisation
from tests.factories.certificates import facts
from tests.factories.courses import OrganisationFactory
from tests.factories.designs import design, picture, published

pytestmark = pytest.mark.django_db


def design_of(version: DesignVersion) -> Design:
    """The design as it stands in the database now."""
    return Design.objects.get(pk=version.design_id)


def test_publishing_freezes_what_is_published(administrator: Any) -> None:
    version = published(
        administrator, logos=2, signatories=3, has_seal=True, text={"closing": "Folio {folio}"}
    )
    assert (version.number, version.made_by) == (1, administrator)
    content = version.content
    assert [len(content[key]) for key in ("logos", "signatories")] == [2, 3]
    assert content["seal"]["alt"] == "Sello"
    assert content["texts"] == {"es": {"closing": "Folio {folio}"}}
    assert version.digest == models.digest_of(content)


def test_publishing_the_same_again_makes_no_new_version_and_a_change_does() -> None:
    version = published()
    one = design_of(version)
    one.save_revision().publish(skip_permission_checks=True)
    assert DesignVersion.objects.filter(design=one).count() == 1
    one.main = "#203060"
    one.save_revision().publish(skip_permission_checks=True)
    numbers = DesignVersion.objects.filter(design=one).values_list("number", flat=True)
    assert sorted(numbers) == [1, 2]
    version.refresh_from_db()
    assert version.content["colours"]["main"] == "#0f5c5c"


def test_a_draft_changes_nothing() -> None:
    version = published()
    one = design_of(version)
    one.layout = Design.Layout.QUIET
    one.save_revision()
    assert actions.current_version() == version


def test_versions_and_pictures_are_final() -> None:
    for row in (published(logos=1), picture("Logotipo")):
        with pytest.raises(IsFinal):
            row.save()
        with pytest.raises(IsFinal):
            row.delete()


def test_without_a_design_in_use_the_one_of_the_program_is_taken() -> None:
    published(is_default=False)
    design()
    version = actions.current_version()
    assert (version.content, version.number, version.design) == (actions.CLASSIC, 0, None)
    assert actions.current_version() == version


def test_the_shown_issuers_design_goes_before_one_for_everyone_and_anothers_is_never_taken() -> None:
    school, other = OrganisationFactory(), OrganisationFactory()
    of_school = published(name="De la escuela", organisation=school)
    of_anyone = published(name="De cualquiera")
    published(name="De otra", organisation=other)
    assert actions.current_version(school.name) == of_school
    assert actions.current_version("Un nombre neutral") == of_anyone
    assert actions.current_version() == of_anyone


def test_the_one_published_last_is_taken_and_a_withdrawn_one_is_not() -> None:
    first, second = published(name="Primero"), published(name="Segundo")
    assert actions.current_version() == second
    design_of(second).unpublish()
    assert actions.current_version() == first


def test_statements_have_designs_of_their_own() -> None:
    of_statements = published(kind=Design.Kind.STATEMENT)
    assert actions.current_version(kind="statement") == of_statements
    assert actions.current_version().number == DesignVersion.BUILT_IN


def test_choosing_a_design_takes_one_query() -> None:
    published()
    with CaptureQueriesContext(connection) as queries:
        actions.current_version("Alguna")
    assert len(queries) == 1


def test_pictures_are_read_once_by_a_process() -> None:
    version = published(logos=3, signatories=2, has_seal=True)
    models._prepared.cache_clear()
    with CaptureQueriesContext(connection) as queries:
        first = actions.drawable(version)
        assert len(queries) == 1
        assert actions.drawable(version) == first
        assert len(queries) == 1
    shown = {one["sha256"] for one in version.content["logos"]} | {version.content["seal"]["sha256"]}
    assert shown <= first["pictures"].keys()


def test_the_same_picture_is_kept_once_by_its_first_name() -> None:
    assert picture("Uno") == picture("Dos")
    assert picture("Tres").name == "Uno"


def rendered(certificate: Certificate) -> bytes:
    """The bytes of a diploma before they are signed."""
    certificate = Certificate.objects.select_related("design", "key").get(pk=certificate.pk)
    told = payload.with_name(certificate.payload, certificate.name)
    drawn = actions.drawable(certificate.design)
    return rendering.render(told, design=drawn, credential=b"{}").content


def issue(acta: Acta, by: Any) -> list[Certificate]:
    actas.issue_without_recognition(acta=acta, reason="Prueba", by=by, at=timezone.now())
    return awards.issue_acta(acta=acta, by=by, at=timezone.now())


def test_changing_a_design_changes_no_issued_diploma(approved: Acta, administrator: Any) -> None:
    version = published(logos=1, signatories=2, has_seal=True, text={"awards": "entrega a quien lo ganó"})
    certificate = issue(approved, administrator)[0]
    assert certificate.design == version
    before = rendered(certificate)
    one = design_of(version)
    one.layout, one.main = Design.Layout.QUIET, "#402060"
    one.signatories = []
    one.texts.all().delete()
    one.save_revision().publish(skip_permission_checks=True)
    Organisation.objects.filter(name=certificate.payload["issuer"]).update(name="Otro nombre")
    models._prepared.cache_clear()
    assert rendered(certificate) == before


def test_who_signs_and_what_is_said_are_facts_of_the_award(approved: Acta, administrator: Any) -> None:
    published(signatories=2, text={"closing": "Folio {folio}, para {name}", "awards": "oficio {oficio}"})
    certificate = issue(approved, administrator)[0]
    told = certificate.payload
    assert told["signatories"][1] == {"name": "Firmante Número 1", "post": "Cargo 1"}
    assert told["texts"] == {"closing": f"Folio {told['folio']}, para {{name}}"}
    assert certificate.name not in str(told)
    tasks.render(str(certificate.pk))
    certificate.refresh_from_db()
    assert certificate.document.size > 0


def test_who_chose_another_issuer_gets_no_logo_of_the_school(approved: Acta, administrator: Any) -> None:
    issuer = approved.facts["issuer"]
    of_school = published(organisation=Organisation.objects.get(name=issuer), logos=1)
    shy = approved.lines.filter(is_graduate=True)[0]
    HolderChoice.objects.create(
        person_id=shy.person_id, cohort_id=approved.cohort_id, issuer="Red neutral", at=timezone.now()
    )
    by_line = {one.line_id: one for one in issue(approved, administrator)}
    assert by_line.pop(shy.pk).design.number == DesignVersion.BUILT_IN
    assert {one.design for one in by_line.values()} == {of_school}


def test_a_worker_makes_a_diploma_with_pictures_in_few_queries(approved: Acta, administrator: Any) -> None:
    published(logos=4, signatories=3, has_seal=True)
    certificates = issue(approved, administrator)
    counts = []
    for one in certificates[:2]:
        certificate = Certificate.objects.select_related("design", "key").get(pk=one.pk)
        with CaptureQueriesContext(connection) as queries:
            actions.drawable(certificate.design)
        counts.append(len(queries))
    assert counts[1] == 0


def test_a_design_without_sentences_of_a_language_leaves_the_usual_words() -> None:
    version = published(text={"heading": "Reconocimiento"})
    assert actions.printed(version, "es")[1] == {"heading": "Reconocimiento"}
    assert actions.printed(version, "fr") == ([], {})
    assert facts(texts={"heading": "Reconocimiento"})["words"]["heading"] == "Reconocimiento"


def test_a_name_that_no_paper_can_carry_is_refused_before_anything_is_registered(
    approved: Acta, administrator: Any
) -> None:
    certificate = issue(approved, administrator)[0]
    tasks.render(str(certificate.pk))
    with pytest.raises(Refused, match="李"):
        life.replace_certificate(certificate=certificate, name="Ana 李", by=administrator, at=timezone.now())
    assert not Certificate.objects.filter(replaces=certificate).exists()
