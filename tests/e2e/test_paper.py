"""What the browser prints."""

from collections.abc import Callable
from io import BytesIO

import pikepdf
import pytest
from playwright.sync_api import Page

from tests.house import House

pytestmark = [pytest.mark.browser, pytest.mark.processes]


def test_the_whole_sheet_is_printed_and_not_only_what_the_screen_holds(
    visit: Callable[..., Page], house: House
) -> None:
    [[session]] = house.ask("select session_id from courses_attendancerecord order by id desc limit 1")
    page = visit("coordinadora")
    page.goto(f"/admin/register/{session}/sheet/")
    women = page.locator(".pm-signatures tbody tr").count()
    with pikepdf.open(BytesIO(page.pdf(width="210mm", height="60mm"))) as paper:
        assert len(paper.pages) > women * 9 // 60  # a line to sign on is 9 mm high
