"""What the page for phones says. Its script holds no sentence."""

from typing import Any

from django.utils.translation import gettext as _

from courses.sync import wording


def for_page() -> dict[str, Any]:
    """Every sentence that the script shows, in the reader's language; {n} and {size} are filled in there."""
    return {
        "all_arrived": _("Everything has arrived."),
        "waiting_one": _("1 thing is saved only on this phone."),
        "waiting_many": _("{n} things are saved only on this phone."),
        "refused_one": _("1 thing was not accepted. It is kept."),
        "refused_many": _("{n} things were not accepted. They are kept."),
        "see": _("See what"),
        "sending": _("Sending…"),
        "not_sent": _("There is no signal now. It will be sent by itself later."),
        "wrong": _(
            "The user name or the PIN is not right. Try again. If you changed your PIN, the one of before "
            "still opens this phone."
        ),
        "pin_shape": _("The PIN has six digits."),
        "pin_differs": _("This is not your PIN. Write the PIN that you use to sign in."),
        "pin_slow": _("There were many tries. Wait a few minutes and try again."),
        "wait": _("Wait {n} seconds, then try again."),
        "no_signal": _("There is no signal. What is on this phone works all the same."),
        "failed": _("It did not work. Try again in a while."),
        "closed": _(
            "Your course is not open now, so nothing new can be downloaded. Talk to your coordinator."
        ),
        "other_person": _(
            "Somebody else is signed in here. To download, sign out and sign in with your name."
        ),
        "sign_in_first": _("To download or to renew, sign in first."),
        "full": _("This phone has no space left. Remove a module that you finished, or delete videos."),
        "spoilt": _("A part arrived damaged. Press «Go on» and it will be fetched again."),
        "other_tab": _("It is already being downloaded in another window."),
        "about": _("{n} lessons · {size}"),
        "about_one": _("1 lesson · {size}"),
        "about_test": _("{n} lessons and a test · {size}"),
        "about_test_one": _("1 lesson and a test · {size}"),
        "not_here": _("Not on this phone."),
        "here": _("On this phone."),
        "half_here": _("Only a part is on this phone."),
        "coming": _("Downloading: {n} %"),
        "paused": _("Paused at {n} %."),
        "renewed": _("There is a new version (at most {size}). You can keep using yours."),
        "remove_sure": _("Remove «{title}» from this phone? To use it again you download it again."),
        "test_open": _("On this phone, but its test is not. Renew to bring it."),
        "done_download": _("It is on this phone. You can use it without signal."),
        "free": _("Free space for the browser: {size}."),
        "minutes_one": _("1 minute"),
        "minutes_many": _("{n} minutes"),
        "finished": _("Finished"),
        "news": _("There is something new"),
        "not_yet": _("Not yet"),
        "test": _("Test"),
        "handed_in": _("Handed in"),
        "questions": _("{n} questions"),
        "note_completed": _("You finished: {title}"),
        "note_place": _("Where you are in: {title}"),
        "note_answer": _("Your answers of: {title}"),
        "note_submitted": _("You handed in: {title}"),
        "note_unknown": _("Something you did before"),
        "saved_here": _("Saved only on this phone."),
        "missing": _("Questions without an answer: {n}. Choose one for each."),
        "raided": _(
            "The school ended everything for its safety. What you had taken along was erased from "
            "this phone. "
            "What you did and was not sent yet is still here, and will be sent."
        ),
        "locked": _("Locked. Nobody can see what is kept here."),
        "erased": _("It was erased from this phone."),
        "refusals": _refusals(),
    }


def _refusals() -> dict[str, str]:
    """Why something was not accepted, by the server's code."""
    rest = {"": str(wording.ASK), "no_room": str(wording.NO_ROOM)}
    return rest | {code: str(words) for code, words in wording.FOR_HER.items()}
