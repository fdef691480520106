"""The register book in the admin: read page by page, printed, taken along as a workbook."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages

from certificates.awards import access, book, register
from certificates.awards.models import Certificate, FolioSeries
from certificates.desk.diploma_forms import BookForm
from certificates.desk.pages import StaffPage, refused
from certificates.printing.archival import LibrariesMissing
from courses.api import Deed, note_look

PAGES_AT_ONCE = 10  # of a PDF: more would keep whoever waits for it too long
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class RegisterPage(StaffPage):
    """A page of the register: for whoever may hand over diplomas and print the register."""

    header_icon = "list-ol"
    page_title = _("Register book")

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        if not access.can_deliver(request.user):
            raise PermissionDenied

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse_lazy("diplomas:index"), "label": _("Diplomas")},
            {"url": reverse("diplomas:register"), "label": _("Register book")},
        ]


class RegisterBook(RegisterPage):
    """Every book of every series; and the name of the next one, before its first entry."""

    template_name = "certificates/admin/diploma_registers.html"

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        return self.show(form=self._form())

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        if not access.can_issue(request.user):
            raise PermissionDenied
        form = self._form(request.POST)
        if not form.is_valid():
            return self.show(form=form)
        if refused(request, lambda: register.set_up_book(by=request.user, **form.cleaned_data)):
            return self.show(form=form)
        messages.success(request, gettext("The book is set up."))
        return redirect("diplomas:register")

    def _form(self, data: Any = None) -> BookForm:
        year = timezone.localdate().year
        return BookForm(data, initial={"year": year, "kind": Certificate.Kind.DIPLOMA, "pages_a_book": 100})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        series = FolioSeries.objects.filter(last_number__gt=0).order_by("-year", "prefix")
        return {
            **super().get_context_data(**kwargs),
            "series": [{"series": one, "books": book.books(one)} for one in series],
            "may_set_up": access.can_issue(self.request.user),
        }


class OneBook(RegisterPage):
    """One book of one series, named in the query; 404 where there is none."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.series = get_object_or_404(FolioSeries, pk=self.kwargs["series"])
        wanted = request.GET.get("book", "")
        found = [one for one in book.books(self.series) if one["book"] == wanted]
        if not found:
            raise Http404
        self.book = found[0]

    def page(self, name: str, default: int) -> int:
        """A page number from the query, within the book."""
        asked = self.request.GET.get(name, "")
        number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else default
        return max(1, min(number, self.book["last_page"]))


class Book(OneBook):
    """One page («foja») of a book."""

    template_name = "certificates/admin/diploma_book.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        last, number = self.book["last_page"], self.page("page", self.book["last_page"])
        return {
            **super().get_context_data(**kwargs),
            "series": self.series,
            "book": self.book,
            "number": number,
            "previous": number - 1 if number > 1 else None,
            "following": number + 1 if number < last else None,
            "entries": book.entries(self.series, self.book["book"], (number, number)),
            "ranges": [
                (first, min(first + PAGES_AT_ONCE - 1, last)) for first in range(1, last + 1, PAGES_AT_ONCE)
            ],
        }


class BookPdf(OneBook):
    """Pages of a book to print."""

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        first = self.page("from", 1)
        last = min(self.page("to", first + PAGES_AT_ONCE - 1), first + PAGES_AT_ONCE - 1)
        lines = book.entries(self.series, self.book["book"], (first, last))
        try:
            content = book.pdf(self.series, self.book["book"], lines, at=timezone.now())
        except LibrariesMissing as error:
            messages.error(request, str(error))
            return redirect("diplomas:register")
        told = {"document": "register", "format": "pdf", "count": len(lines)}
        note_look(Deed.DOWNLOADED, about=self.series, by=request.user, at=timezone.now(), **told)
        return file(content, "application/pdf", f"{gettext('register')}-{self.series}-{first}.pdf")


class BookXlsx(OneBook):
    """A whole book as a workbook."""

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        lines = book.entries(self.series, self.book["book"])
        content = book.xlsx(lines)
        told = {"document": "register", "format": "xlsx", "count": len(lines)}
        note_look(Deed.DOWNLOADED, about=self.series, by=request.user, at=timezone.now(), **told)
        return file(content, XLSX, f"{gettext('register')}-{self.series}.xlsx")


def file(content: bytes, content_type: str, name: str) -> HttpResponse:
    """A download that no cache keeps."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(content, content_type=content_type, headers=headers)
