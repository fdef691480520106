"""What machines ask: are you there, can you serve, how much is there to do."""

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from cms.monitoring import figures, readiness
from cms.monitoring.access import may_see_figures

NOT_KEPT = {"Cache-Control": "no-store"}


@require_safe
def health(_request: HttpRequest) -> HttpResponse:
    """Says ok when the web process answers. Touches no database."""
    return HttpResponse("ok", content_type="text/plain; charset=utf-8", headers=NOT_KEPT)


@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """200 when pages can be served, 503 when not; with `?strict` 503 for a warning too, for simple watchers.

    Everybody learns one word; the details are for whoever may see figures.
    """
    found = readiness.of_this_process.findings(timezone.now())
    status = readiness.summary(found)
    bad = {readiness.FAILED, readiness.WARNING} if "strict" in request.GET else {readiness.FAILED}
    told = readiness.as_json(found) if may_see_figures(request) else {"status": status}
    return JsonResponse(told, status=503 if status in bad else 200, headers=NOT_KEPT)


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Figures for Prometheus; for anybody else there is nothing here."""
    if not may_see_figures(request):
        raise Http404
    return HttpResponse(figures.text(timezone.now()), content_type=CONTENT_TYPE_PLAIN_0_0_4, headers=NOT_KEPT)
