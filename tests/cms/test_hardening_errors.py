"""What went wrong is told in plain words, without a detail, also when the database is gone."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import include, path
from django.views.decorators.http import require_POST

from tests.factories.courses import PASSWORD

SECRET = "Lucía Pérez, 961 555 0101"


def fail(_request: HttpRequest) -> HttpResponse:
    raise RuntimeError(SECRET)


def refuse(_request: HttpRequest) -> HttpResponse:
    raise PermissionDenied(SECRET)


def miss(_request: HttpRequest) -> HttpResponse:
    raise Http404(SECRET)


def suspect(_request: HttpRequest) -> HttpResponse:
    raise SuspiciousOperation(SECRET)


@require_POST
def take(request: HttpRequest) -> HttpResponse:
    return HttpResponse(str(len(request.POST)))


handler400 = "cms.home.errors.bad_request"
handler403 = "cms.home.errors.permission_denied"
handler404 = "cms.home.errors.not_found"
handler500 = "cms.home.errors.server_error"
urlpatterns = [
    *(
        path(f"{prefix}{view.__name__}/", view)
        for prefix in ("x-", "api/x-")
        for view in (fail, refuse, miss, suspect)
    ),
    path("x-take/", take),
    path("", include("cms.urls")),
]
ASKED = {"x-fail/": 500, "x-refuse/": 403, "x-miss/": 404, "x-suspect/": 400, "x-take/": 405}
DETAILS = [
    SECRET,
    "Lucía",
    "Traceback",
    "RuntimeError",
    "site-packages",
    f"{settings.BASE_DIR}/",
    "django",
    "csrf",
    "x-fail",
    "SQL",
]


@pytest.fixture(autouse=True)
def like_production() -> Iterator[None]:
    logging.disable(logging.CRITICAL)
    with override_settings(ROOT_URLCONF=__name__, DEBUG=False):
        yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def visitor() -> Client:
    return Client(raise_request_exception=False)


def tells_nothing(answer: Any) -> bool:
    text = answer.content.decode()
    return (
        not any(detail in text for detail in DETAILS if detail != "csrf")
        and "csrfmiddleware" not in text[:900]
    )


@pytest.mark.django_db
@pytest.mark.parametrize(("address", "status"), ASKED.items())
def test_a_person_reads_plain_words_and_no_detail(visitor: Client, address: str, status: int) -> None:
    answer = visitor.get(f"/{address}", headers={"accept-language": "es"})
    assert answer.status_code == status
    assert "<h1>" in answer.content.decode()
    assert 'class="page page--error"' in answer.content.decode()
    assert "data-exit" in answer.content.decode(), "she can leave from here too"
    assert tells_nothing(answer)
    assert "Content-Security-Policy" in answer.headers


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "status"), [("fail", 500), ("refuse", 403), ("miss", 404), ("suspect", 400)]
)
def test_a_program_gets_one_word(visitor: Client, name: str, status: int) -> None:
    for address, wanted in [(f"/api/x-{name}/", "*/*"), (f"/x-{name}/", "application/json")]:
        answer = visitor.get(address, headers={"accept": wanted})
        assert answer.status_code == status
        assert list(answer.json()) == ["error"]
        assert tells_nothing(answer)


@pytest.mark.django_db
def test_a_wrong_method_is_told_which_one_is_right(visitor: Client) -> None:
    assert visitor.get("/x-take/").headers["Allow"] == "POST"


@pytest.mark.django_db
@override_settings(DATA_UPLOAD_MAX_NUMBER_FIELDS=5, DATA_UPLOAD_MAX_MEMORY_SIZE=1000)
@pytest.mark.parametrize("sent", [{str(n): "1" for n in range(9)}, {"a": "b" * 2000}])
def test_more_than_one_page_sends_is_refused_with_its_reason(visitor: Client, sent: dict[str, str]) -> None:
    answer = visitor.post(
        "/x-take/", "&".join(f"{k}={v}" for k, v in sent.items()), "application/x-www-form-urlencoded"
    )
    assert answer.status_code == 413
    assert "<h1>" in answer.content.decode()


@pytest.mark.django_db
def test_another_sites_form_is_refused_without_saying_how(trainee: Any) -> None:
    strict = Client(enforce_csrf_checks=True, raise_request_exception=False)
    strict.force_login(trainee)
    answer = strict.post("/salir/", headers={"origin": "https://evil.example"})
    assert answer.status_code == 403
    assert "evil.example" not in answer.content.decode()
    assert tells_nothing(answer)
    assert strict.get("/hoy/").status_code == 200, "she is still signed in"


@pytest.mark.django_db
def test_too_many_tries_are_slowed_in_plain_words(visitor: Client, trainer: Any) -> None:
    facts = {"username": trainer.username, "password": "no"}
    answers = [visitor.post("/entrar/equipo/", facts) for _ in range(12)]
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert PASSWORD not in answers[-1].content.decode()


@pytest.mark.parametrize("address", ["/hoy/", "/x-fail/", "/v/0000-0000-0000-0000/", "/sync/v1/events/"])
def test_without_a_database_there_is_still_a_page(visitor: Client, address: str) -> None:
    """This test may not ask the database: whoever tries gets an error, as when it is gone."""
    visitor.cookies["sessionid"] = "a" * 32
    answer = visitor.get(address)
    assert answer.status_code in {500, 405}
    assert "<h1>" in answer.content.decode() or list(answer.json()) == ["error"]
    assert tells_nothing(answer)


@pytest.mark.django_db
@override_settings(ALLOWED_HOSTS=["escuela.example"])
def test_a_host_that_is_not_ours_gets_nothing(visitor: Client) -> None:
    for host in [
        "evil.example",
        "escuela.example@evil.example",
        "escuela.example.evil.example",
        "evil.example:443",
    ]:
        answer = visitor.get("/entrar/", headers={"host": host})
        assert answer.status_code == 400, host
        assert "evil" not in answer.content.decode()
        assert "Content-Security-Policy" in answer.headers
    forwarded = visitor.get("/hoy/", headers={"host": "escuela.example", "x-forwarded-host": "evil.example"})
    assert "evil" not in forwarded.headers["Location"]


@pytest.mark.django_db
def test_what_is_not_there_in_the_admin_has_the_neutral_page_with_its_quick_exit(
    client: Client, coordinator: Any
) -> None:
    client.force_login(coordinator)
    answer = client.get("/admin/nope/")
    page = answer.content.decode()
    assert answer.status_code == 404
    assert "Wagtail" not in page
    assert "data-exit" in page
