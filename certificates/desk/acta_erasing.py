"""Erasing a woman's name from her line of an acta: for whoever has no diploma to erase it by."""

from typing import Any

from django.urls import path
from django.utils.translation import gettext_lazy as _

from certificates.awards import access, erasure
from certificates.desk.acta_lines import LineAct
from certificates.desk.diploma_forms import EraseLineForm


class EraseLine(LineAct):
    template_name = "courses/admin/form.html"
    page_subtitle = _("Erase her name")
    note = _(
        "Her name becomes unreadable in the actas of this cohort and in what was made from them, and so does "
        "what was written about her. The decision stays without a name, and its evidence can still be "
        "checked. If her line waits for the authority or for a diploma, it is left out. Nobody can undo this "
        "here. Not erased: her study record, the scanned oficio, and copies that left the school, old "
        "backups among them."
    )
    button = _("Yes, erase her name for ever")
    done = _("Her name is erased. The acta says so.")
    is_serious = True
    may = staticmethod(access.can_erase)

    def get_page_title(self) -> str:
        return self.line.name  # so that nobody erases another woman's

    def make_form(self, *data: Any) -> EraseLineForm:
        return EraseLineForm(data[0] if data else None, expected=self.line.name)

    def act(self, **data: Any) -> Any:
        data.pop("name")  # checked by the form
        return erasure.erase_line(line=self.line, **data)


# Below the addresses of one acta (ActaViewSet).
PATTERNS = [path("<int:pk>/lines/<int:line>/erase/", EraseLine.as_view(), name="erase_line")]
