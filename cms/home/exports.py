"""Tables that Wagtail writes (site history, reports, lists): a text in them is never a formula."""

from typing import Any

from django.utils.functional import Promise
from wagtail.admin.views.mixins import SpreadsheetExportMixin

from courses.sheets import plain

as_written = SpreadsheetExportMixin.preprocess_field_value


def as_text(view: Any, field: str, value: Any, export_format: str) -> Any:
    """What Wagtail would write; whatever is text of a kind that no spreadsheet runs."""
    told = as_written(view, field, value, export_format)
    return plain(str(told)) if isinstance(told, str | Promise) else told


def write_texts_only() -> None:
    """Every view that writes CSV or XLSX, those of other packages too.

    Wagtail has no setting for it, and its views cannot all be replaced: this is the one method that all of
    them write through (wagtail/admin/views/mixins.py).
    """
    SpreadsheetExportMixin.preprocess_field_value = as_text
