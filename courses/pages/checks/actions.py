"""Asking the outside links of published lessons, a few at a time."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db.models import F, Q

from courses.pages.checks import links, rules
from courses.pages.checks.gather import draft_of, lessons_that_link
from courses.pages.checks.models import OutsideLink, own_hosts

EVERY, SOON = timedelta(days=7), timedelta(days=1)
AT_ONCE = 6  # a task that stays short, whatever the others do: each may take twenty seconds
PATIENCE = 2  # failures in a row until a link counts as dead: a site may be down for an hour
NO_NETWORK = frozenset({"unresolved", "silent"})
ENOUGH = 3  # so many links without any answer say that this server has no way out, not that they are dead


def note_links() -> int:
    """Take down every outside address of published lessons, forget those that are gone. How many."""
    hosts = own_hosts()
    wanted = {
        url
        for lesson in lessons_that_link().iterator()
        for url in rules.outside_links(draft_of(lesson), hosts)
    }
    wanted = {url for url in wanted if len(url) <= 500}
    OutsideLink.objects.exclude(url__in=wanted).delete()
    OutsideLink.objects.bulk_create([OutsideLink(url=url) for url in sorted(wanted)], ignore_conflicts=True)
    return len(wanted)


def ask_links(*, at: datetime, ask: Callable[[str], links.Answer] = links.ask) -> int:
    """Ask those that were not asked for a week, or failed yesterday; the oldest first. How many answered."""
    recent = Q(checked_at__gt=at - EVERY, failures=0) | Q(checked_at__gt=at - EVERY, is_dead=True)
    waiting = OutsideLink.objects.exclude(recent | Q(checked_at__gt=at - SOON))
    due = list(waiting.order_by(F("checked_at").asc(nulls_first=True), "pk")[:AT_ONCE])
    answers = [ask(link.url) for link in due]
    if len(due) >= ENOUGH and all(answer.why in NO_NETWORK for answer in answers):
        return 0
    for link, answer in zip(due, answers, strict=True):
        note_answer(link, answer, at)
    return len(due)


def note_answer(link: OutsideLink, answer: links.Answer, at: datetime) -> None:
    """Keep what it said. Gone or private is dead at once, silence only after the second time."""
    link.failures = link.failures + 1 if answer.is_dead else 0
    is_sure = answer.why in {"gone", "private"} or link.failures >= PATIENCE
    link.is_dead, link.why, link.checked_at = bool(answer.is_dead and is_sure), answer.why, at
    link.save(update_fields=["failures", "is_dead", "why", "checked_at"])
