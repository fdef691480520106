"""From a class to an acta in each of its states, by the actions that people use."""

from io import BytesIO
from typing import Any

import pikepdf
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from courses.cohorts.actions import accept_ethics
from courses.cohorts.models import Cohort, Requirement
from tests.factories.courses import CohortFactory, enrolled


def said(response: Any) -> str:
    """What the screen told."""
    return " ".join(str(message) for message in get_messages(response.wsgi_request))


def scan(content: bytes | None = None, password: str = "") -> SimpleUploadedFile:
    """An oficio: a real one-page PDF, or whatever bytes are given under a PDF's name."""
    if content is None:
        document, target = pikepdf.new(), BytesIO()
        document.add_blank_page()
        document.save(
            target, encryption=pikepdf.Encryption(owner=password, user=password) if password else False
        )
        content = target.getvalue()
    return SimpleUploadedFile("oficio.pdf", content, content_type="application/pdf")


def easy(cohort: Cohort) -> Cohort:
    """A cohort that asks for the ethics commitment only, so that a test decides who graduates."""
    Requirement.objects.filter(cohort=cohort).exclude(kind="ethics").delete()
    return cohort


def class_of(graduates: int, others: int = 1) -> Cohort:
    """A cohort in which `graduates` women meet the rule and `others` do not."""
    cohort = easy(CohortFactory(seats=max(28, graduates + others)))
    for enrolment in enrolled(cohort, graduates):
        accept_ethics(enrolment=enrolment, at=timezone.now())
    enrolled(cohort, others)
    return cohort
