"""Every reason in words: for her, on the phone («tú»), and for the human who settles it."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from courses.people.rules import account_name
from courses.sync.models import SyncEvent

ASK = _("Your work is kept. Your coordinator will look at it: ask her.")
NO_ROOM = _("There is no room for this here now. It stays on your phone: tell your coordinator.")
FOR_HER: dict[str, Any] = {
    "applied": _("Saved."),
    "again": _("This had already arrived."),
    "superseded": _("You changed this later. The later one counts."),
    "later": _("It could not be saved now. Your phone will try again."),
    "malformed": _(
        "Your phone sent something that cannot be read. It stays on your phone: show it to your coordinator."
    ),
    "unknown_key": _(
        "This cannot be opened here. It is kept, and it stays on your phone: tell your coordinator."
    ),
    "unreadable": _("This arrived damaged. It is kept, and it stays on your phone: tell your coordinator."),
    "enrolment_over": _(
        "Your place in the course was closed when this arrived. Your work is kept: talk to your coordinator."
    ),
    "not_started": _("Your course has not begun yet. Your work is kept: talk to your coordinator."),
    "not_in_course": _("This lesson is not part of your course. Your work is kept: ask your coordinator."),
    "handed_in": _(
        "This test was handed in before, with other answers. Those count. Ask your coordinator about these."
    ),
    "incomplete": _(
        "Some questions of this test have no answer. What you answered is kept: open the test and go on."
    ),
}
FOR_STAFF: dict[str, Any] = {
    "unknown_key": _("It was sealed to a key that this server does not have, so nobody can read it here."),
    "unreadable": _("It arrived damaged, so nobody can read it."),
    "bad_event": _("Her phone sent something that this site does not understand."),
    "bad_ticket": _("It does not say truly whose it is."),
    "id_reused": _("Something else had arrived under the same number. The first one stands."),
    "unknown": _("It names a test or a lesson that is not hers, or that does not exist."),
    "not_in_course": _("The lesson is not part of any of her cohorts."),
    "enrolment_over": _("Her enrolment was not active when it arrived."),
    "not_started": _("Her cohort had not begun when it arrived."),
    "older_than_cohort": _("The test was begun before her cohort was opened."),
    "not_on_sheet": _("An answer is not on the sheet of that test."),
    "incomplete": _("The test was handed in with questions unanswered."),
    "handed_in": _("That test had been handed in with other answers. A test is handed in once."),
    "failed": _("It could not be saved because of a fault of this site."),
    "not_allowed": _("This account may not send this."),
    "not_yours": _("She did not have this cohort any more when it arrived."),
    "not_yet": _("It arrived before that session began, or before that outing ended."),
    "not_then": _("Somebody on it joined the cohort after that day, or had left before. The others count."),
    "cancelled": _("That session was cancelled."),
    "second": _("The second assessor is not one of the trainers of that cohort."),
    "refused": _("It does not fit the rules of the register or of the rubric."),
    "conflict": _("A colleague has noted something else for somebody on that list."),
}
KINDS: dict[str, Any] = {
    "lesson.place": _("how far she read"),
    "lesson.completed": _("a finished lesson"),
    "answer": _("an answer of a test"),
    "attempt.submitted": _("a test handed in"),
    "register.confirmed": _("a register"),
    "observation.made": _("an observed practical"),
    "outing.noted": _("a field outing"),
    "": _("cannot be read"),
}
BATCH: dict[str, Any] = {
    "too_big": _("This is too much at once. Send fewer things at a time."),
    "too_many": _("This is too much at once. Send at most 200 things at a time."),
    "not_json": _("What arrived cannot be read."),
    "no_boxes": _("What arrived cannot be read."),
    "cut": _("The connection was cut. Send it again."),
    "slow_down": _("Many phones are sending from here. Wait a moment: it will be sent by itself."),
    "sign_in": _("Sign in first."),
    "closed": _("Your course is not open now. Talk to your coordinator."),
    "not_found": _("This is not part of your course, or it has changed. Look at your course again."),
    "no_desk": _("This account keeps no register. Ask the coordinator."),
    "no_device": _("Your phone did not say which one it is."),
}


def for_her(status: str, code: str, *, is_kept: bool) -> str:
    """A sentence for the phone, where it is true: what is not kept here stays with her."""
    if status == "rejected" and not is_kept:
        return str(NO_ROOM)
    return str(FOR_HER.get(code or status, ASK))


def what(event: SyncEvent) -> str:
    """What it is about: the kind, and where it is known the lesson, test, practical or session, and whom."""
    told = str(KINDS[event.kind])
    if event.version or event.session:
        told = f"{told}: {event.version.title if event.version else event.session}"
    return f"{told} ({event.enrolment.person.name})" if event.staff_id and event.enrolment else told


def whose(event: SyncEvent) -> str:
    """Her name, or that of who noted it; "" where nobody knows."""
    if event.person:
        return event.person.name
    return account_name(event.staff) if event.staff else ""


def cohort_of(event: SyncEvent) -> str:
    """The name of the cohort it is about, where it is known."""
    if event.session:
        return event.session.cohort.name
    return event.enrolment.cohort.name if event.enrolment else ""


def for_staff(code: str) -> str:
    """Why it was not counted."""
    return str(FOR_STAFF[code])
