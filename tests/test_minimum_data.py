"""What is never asked of a woman: the models are walked, so that no field slips in (musts 3, 4, 5, 7, 8)."""

import re
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import models

from cms.users.models import User
from courses.people.models import Person

Column = models.Field[Any, Any]
OURS = {"courses", "certificates", "users", "home", "retention"}
FORBIDDEN = re.compile(
    r"phone|mobile|email|mail|whatsapp|address|street|domicil|gps|latitude|longitude|^lat$|^lon$|geo|"
    r"birth|^age$|^sex$|gender|nationality|country|origin|ethnic|religion|migra|curp|passport|document_number|"
    r"occupation|work_status|population|hiv|vih|diagnos|test_result|pregnan|health_status|violence|"
    r"biometric|fingerprint|photo|picture|selfie|scan|marital|children",
    re.IGNORECASE,
)
ALLOWED = {  # of others than trainees, or not what it sounds like
    "users.User.email": "Django's own field: empty for everybody here, and asked of nobody.",
    "certificates.Witness.email": "An institution outside that keeps the log's heads.",
    "courses.ReferralService.phone": "A public service.",
    "courses.SyncEvent.phone_time": "What the clock of her phone said.",
}
# Free words in rows that belong to a woman. Each was looked at: who writes it, and what it may not say.
FREE_WORDS = {
    "courses.Person.name": "The name she uses, chosen by her.",
    "courses.Attempt.answers": "Her own answers to a test, also in words; for her and who reads them.",
    "courses.Attempt.questions": "The questions as shown.",
    "courses.AnswerReading.feedback": "What a reader says of an answer, to her.",
    "courses.Observation.comment": "About the practical; the form says so beside the field.",
    "courses.Observation.scores": "Points for each step.",
    "courses.Observation.device": "A word of ours for the device.",
    "courses.OutingNote.device": "A word of ours for the device.",
    "courses.AttendanceRecord.device": "A word of ours, or a digest.",
    "courses.MarkConflict.device": "A word of ours, or a digest.",
    "courses.SyncEvent.box": "Sealed, only while a human has to settle it.",
    "courses.SyncEvent.digest": "A keyed hash.",
    "courses.SyncEvent.slot": "A keyed hash.",
    "courses.SyncEvent.kind": "A word of ours.",
    "courses.SyncEvent.code": "A word of ours.",
    "courses.ImportRow.name": "The name on a list; goes when the list is saved, or after a day.",
    "courses.ImportRow.username": "Goes when the list is saved, or after a day.",
    "courses.ImportRow.language": "A code.",
    "courses.ImportRow.errors": "Words of ours.",
    "courses.ImportRow.candidates": "Ids.",
    "courses.ImportRow.choice": "An id.",
    "courses.AnswerReading.question": "The id of a question.",
    "courses.QuestionFix.question": "The id of a question.",
    "courses.Consent.words": "Version and digest of the words that she was read.",
    "courses.Consent.language": "A code.",
}
HERS = {"courses.Enrolment", "courses.Person", "courses.Attempt", "courses.LessonProgress"}


def fields() -> Iterator[tuple[str, Column]]:
    """Every field of ours with its whole name."""
    for model in apps.get_models():
        if model._meta.app_label in OURS:
            for field in model._meta.get_fields():
                if isinstance(field, models.Field):
                    yield f"{model._meta.label}.{field.name}", field


def of_a_woman() -> Iterator[tuple[str, Column]]:
    """Every field of the models that belong to one woman, for their key leads to her."""
    for model in apps.get_models():
        leads = {
            field.related_model._meta.label
            for field in model._meta.get_fields()
            if isinstance(field, models.ForeignKey) and not isinstance(field.related_model, str)
        }
        if model._meta.app_label == "courses" and (leads & HERS or model is Person):
            for field in model._meta.get_fields():
                if isinstance(field, models.Field):
                    yield f"{model._meta.label}.{field.name}", field


def test_no_model_has_a_field_for_what_is_never_asked() -> None:
    found = {label for label, field in fields() if FORBIDDEN.search(field.name) and not field.is_relation}
    found = {label for label in found if not isinstance(_field(label), models.BooleanField)}
    assert not found - ALLOWED.keys()


def _field(label: str) -> Column:
    app, model, name = label.split(".")
    field = apps.get_model(app, model)._meta.get_field(name)
    assert isinstance(field, models.Field)
    return field


def test_a_person_is_a_name_a_language_and_nothing_else() -> None:
    names = {field.name for field in Person._meta.get_fields() if isinstance(field, models.Field)}
    assert names == {"id", "name", "language", "account", "created_at"}


def test_an_account_keeps_nothing_that_tells_who_she_is() -> None:
    own = {field.name for field in User._meta.get_fields() if isinstance(field, models.Field)}
    django = {"id", "password", "last_login", "is_superuser", "username", "first_name", "last_name", "email"}
    django |= {"is_staff", "is_active", "date_joined", "groups", "user_permissions"}
    assert own - django == {"key", "language", "has_pin", "is_password_given"}


def test_no_field_says_to_which_population_a_person_belongs() -> None:
    words = re.compile(r"popul|group|category|kind|type|profile|status", re.IGNORECASE)
    assert not [field.name for field in Person._meta.get_fields() if words.search(field.name)]


def test_places_are_codes() -> None:
    places = {
        label: field for label, field in fields() if re.search(r"place|zone|site_code|venue", field.name)
    }
    codes = {label for label in places if label.startswith("courses.")}
    assert codes == {"courses.Cohort.place_code", "courses.Cohort.time_zone", "courses.LessonProgress.place"}
    code = places["courses.Cohort.place_code"]
    assert isinstance(code, models.CharField)
    assert code.max_length is not None
    assert code.max_length <= 20, "too short for an address"
    assert isinstance(places["courses.LessonProgress.place"], models.PositiveSmallIntegerField), (
        "in the lesson"
    )


def test_nothing_of_a_woman_holds_a_picture_or_a_file() -> None:
    assert not [label for label, field in of_a_woman() if isinstance(field, models.FileField)]


def test_no_row_of_a_woman_holds_words_about_her_that_nobody_looked_at() -> None:
    free = (models.CharField, models.TextField, models.JSONField)
    found = {label for label, field in of_a_woman() if isinstance(field, free) and not field.choices}
    assert not found - FREE_WORDS.keys(), "Say in FREE_WORDS what it may hold, or give it choices"
    assert not any("outreach" in label.lower() for label in found), "an outreach log holds counts only"


def test_the_walk_finds_the_rows_of_a_woman() -> None:
    found = {label.rpartition(".")[0] for label, _field in of_a_woman()}
    assert {"courses.Person", "courses.AttendanceRecord", "courses.Observation", "courses.CareNote"} <= found
