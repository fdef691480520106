"""What a phone asks and hands in, as JSON below `/sync/v1/`. The protocol is told in docs/offline.md."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from courses.cohorts import access
from courses.cohorts.models import Enrolment
from courses.sync import package, rules, sealing, wording
from courses.sync.actions import receive
from courses.sync.package import Module
from courses.sync.raids import raid_word
from courses.sync.rules import Malformed
from courses.sync.staff_wording import for_team
from courses.sync.tickets import make_ticket, opaque_id
from courses.throttle import address_of, seconds_to_wait

P = ParamSpec("P")
PhoneView = Callable[Concatenate[HttpRequest, Enrolment, P], HttpResponse]
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def problem(status: int, code: str) -> JsonResponse:
    """An error with words."""
    return answer({"error": code, "message": str(wording.BATCH[code])}, status)


def answer(facts: dict[str, Any], status: int = 200) -> JsonResponse:
    """JSON that is kept nowhere."""
    return JsonResponse(facts, status=status, headers={"Cache-Control": "no-store"})


def for_phone(view: PhoneView[P]) -> View[P]:
    """Gives `view` the enrolment of who is signed in, while she may study; else says so in JSON."""

    @require_safe
    @wraps(view)
    def gate(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return problem(401, "sign_in")
        enrolment = access.enrolment_of(request.user)
        if enrolment is None or not access.can_study(enrolment, enrolment.cohort.has_started()):
            return problem(403, "closed")
        return view(request, enrolment, *args, **kwargs)

    return gate


@require_safe
def key(_request: HttpRequest) -> HttpResponse:
    """The public key that phones seal to now."""
    current = sealing.current_key(timezone.now())
    return answer({"kid": current.kid, "public_key": current.public})


def device_of(request: HttpRequest) -> UUID | None:
    """Which phone asks; it made the number itself."""
    try:
        return rules.read_id(request.headers.get("X-Device"))
    except Malformed:
        return None


@for_phone
def modules(request: HttpRequest, enrolment: Enrolment) -> HttpResponse:
    """What she may take along, and what it weighs."""
    found = package.overview(package.modules_of(request, enrolment), enrolment, at=timezone.now())
    return answer({"person": opaque_id(enrolment.person, device_of(request)), "modules": found})


def _module(request: HttpRequest, enrolment: Enrolment, wanted: UUID) -> Module | None:
    return next((one for one in package.modules_of(request, enrolment) if one.key == wanted), None)


@for_phone
def module(request: HttpRequest, enrolment: Enrolment, wanted: UUID) -> HttpResponse:
    """A module to take along. A phone that names itself gets a ticket, and her test, opened in advance."""
    device, found = device_of(request), _module(request, enrolment, wanted)
    if found is None:
        return problem(404, "not_found")
    if device is None:
        return problem(400, "no_device")
    packed = package.pack(found, enrolment, at=timezone.now())
    return answer({**packed, "ticket": make_ticket(enrolment.person, device)})


@for_phone
def file_part(
    request: HttpRequest, enrolment: Enrolment, wanted: UUID, sha256: str, part: int
) -> HttpResponse:
    """128 KiB of a sound or picture, from part 0: what was fetched before a cut need not be fetched again."""
    found = _module(request, enrolment, wanted)
    file = package.find_file(found, enrolment, sha256) if found else None
    content = package.read_part(file, part) if file and part < file.parts else b""
    if not content:
        return problem(404, "not_found")
    return HttpResponse(
        content, content_type="application/octet-stream", headers={"Cache-Control": "no-store"}
    )


@csrf_exempt  # no session is used: each event carries its own proof of whose it is
@require_POST
def events(request: HttpRequest) -> HttpResponse:
    """Take in what a phone did without signal; an answer for each box."""
    now = timezone.now()
    who = f"user {request.user.pk}" if request.user.is_authenticated else address_of(request)
    seconds = seconds_to_wait("sync", who, settings.SYNC_PER_MINUTE, now)
    if seconds:
        slow = problem(429, "slow_down")
        slow["Retry-After"] = str(seconds)
        return slow
    try:
        boxes = rules.read_batch(request.read(rules.MAX_BYTES + 1))
    except OSError:  # UnreadablePostError: the phone lost its signal while it was sending
        return problem(400, "cut")
    except Malformed as error:
        code = str(error)
        return problem(413 if code in {"too_big", "too_many"} else 400, code)
    results = receive(boxes=boxes, at=now)
    return answer(
        {
            "results": [
                {
                    "id": result.id,
                    "status": result.status,
                    "code": result.code,
                    "kept": result.is_kept,
                    "message": (for_team if result.is_staffs else wording.for_her)(
                        result.status, result.code, is_kept=result.is_kept
                    ),
                }
                for result in results
            ],
            "word": raid_word(),
        }
    )
