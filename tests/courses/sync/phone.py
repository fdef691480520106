"""A phone as the browser's shell is one: it makes ids, counts, seals, and sends."""

import json
import uuid
from typing import Any

from django.test import Client
from django.utils import timezone

from courses.assessments.models import Attempt
from courses.people.models import Person
from courses.sync import sealing
from courses.sync.models import SyncKey
from courses.sync.tickets import make_ticket

EVENTS = "/sync/v1/events/"
NOW = "2026-02-01T12:00:00.000Z"


def new_id() -> str:
    return str(uuid.uuid4())


class Phone:
    """One phone of one woman."""

    def __init__(self, person: Person, client: Client | None = None) -> None:
        self.person, self.client = person, client or Client()
        self.device, self.seq = uuid.uuid4(), 0
        self.key: SyncKey = sealing.current_key(timezone.now())

    def event(self, kind: str, **facts: Any) -> dict[str, Any]:
        """The next event of this phone."""
        self.seq += 1
        frame = {"id": new_id(), "ticket": make_ticket(self.person, self.device), "device": str(self.device)}
        return {**frame, "seq": self.seq, "at": NOW, "kind": kind, **facts}

    def seal(self, event: Any, box: str | None = None) -> dict[str, str]:
        """The box of an event, or of any bytes."""
        plain = event if isinstance(event, bytes) else json.dumps(event).encode()
        return {"kid": self.key.kid, **sealing.seal(self.key.public, plain, box or event["id"])}

    def post(self, boxes: Any) -> Any:
        """The answer to a batch of boxes."""
        return self.client.post(EVENTS, json.dumps({"boxes": boxes}), content_type="application/json")

    def send(self, *events: dict[str, Any]) -> list[str]:
        """Seal and send; what became of each, with the code of a refusal."""
        response = self.post([self.seal(event) for event in events])
        assert response.status_code == 200, response.content
        return [result["code"] or result["status"] for result in response.json()["results"]]

    def answer(self, attempt: Attempt, question: str, letter: str) -> dict[str, Any]:
        return self.event("answer", attempt=str(attempt.pk), question=question, option=f"{question}-{letter}")

    def hand_in(self, attempt: Attempt, letter: str = "a") -> dict[str, Any]:
        answers = {question["id"]: f"{question['id']}-{letter}" for question in attempt.questions}
        return self.event("attempt.submitted", attempt=str(attempt.pk), answers=answers)
