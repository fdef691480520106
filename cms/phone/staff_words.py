"""What the team's page says. Its scripts hold no sentence; {n} and the like are filled in there."""

from typing import Any

from django.utils.translation import gettext as _

from courses.sync import staff_wording


def comments() -> list[str]:
    """Short comments to choose from after a practical: about the practical, never about her life."""
    return [
        _("Very clear with the person."),
        _("Careful with hands and material."),
        _("Go slower and name each step."),
        _("Practise once more with a partner."),
        _("Read the lesson again before trying."),
    ]


def for_page() -> dict[str, Any]:
    """Every sentence that the scripts show, in the reader's language."""
    return {
        "all_arrived": _("Everything has arrived at the school."),
        "waiting_one": _("1 thing is saved only on this phone."),
        "waiting_many": _("{n} things are saved only on this phone."),
        "refused_one": _("1 thing needs a look."),
        "refused_many": _("{n} things need a look."),
        "sending": _("Sending…"),
        "not_sent": _("There is no signal now. It will be sent by itself later."),
        "wrong": _("The user name or the PIN of this phone is not right. Try again."),
        "pin_shape": _("Write 6 to 12 digits."),
        "pin_easy": _("This PIN is too easy. Do not use the same digit or a row such as 123456."),
        "pin_twice": _("The two PINs are not the same. Write them again."),
        "wait": _("Wait {n} seconds, then try again."),
        "no_signal": _("There is no signal. What is on this phone works all the same."),
        "failed": _("It did not work. Try again in a while."),
        "full": _("This phone has no space left."),
        "raided": _(
            "The school ended everything for its safety. The lists were erased from "
            "this phone. What you noted and was not sent yet is still here, and will be sent."
        ),
        "locked": _("Locked. Nobody can see what is kept here."),
        "closed": _("This account keeps no register. Talk to the coordinator."),
        "sign_in_first": _("To download, sign in first."),
        "other_person": _("Somebody else is signed in here. To download, sign in with your name."),
        "downloaded": _("Lists downloaded. They work without signal."),
        "fetched": _("Downloaded: {moment}"),
        "nothing_yet": _("Nothing is on this phone yet. Download it where there is signal."),
        "no_cohort": _("You have no cohort with sessions in these days."),
        "class": _("Class {n}"),
        "outing": _("Field outing {n}"),
        "tutoring": _("Tutoring {n}"),
        "today": _("Today"),
        "when": _("{day}, {begins} to {ends}"),
        "state_none": _("Nobody is noted yet"),
        "state_part": _("{n} of {all} noted"),
        "state_done": _("Everybody is noted"),
        "state_here": _("Noted on this phone, not sent yet"),
        "state_differs": _("A colleague has noted something else"),
        "early": _("By the clock of this phone this session has not begun."),
        "present": _("present"),
        "late": _("late"),
        "excused": _("excused"),
        "absent": _("absent"),
        "made_up": _("made up"),
        "late_by": _("late by {n} min"),
        "counts_present_one": _("1 present"),
        "counts_present_many": _("{n} present"),
        "counts_late_one": _("1 late"),
        "counts_late_many": _("{n} late"),
        "counts_excused_one": _("1 excused"),
        "counts_excused_many": _("{n} excused"),
        "counts_absent_one": _("1 absent"),
        "counts_absent_many": _("{n} absent"),
        "counts_made_up_one": _("1 made up"),
        "counts_made_up_many": _("{n} made up"),
        "minutes_needed": _("Write how many minutes late, from 1 to 999."),
        "everyone_present": _("Everybody was present."),
        "recorded_last": _("Last: {name}, {moment}."),
        "noted_by": _("noted by {name}"),
        "nothing_new": _("Nothing has changed. The list is as it was."),
        "register_kept": _("The list is saved on this phone. It is sent by itself when there is signal."),
        "differs": _("{name}: you noted {mine}; now in force: {theirs}, {by}."),
        "passed": _("Passed"),
        "not_passed": _("Not yet"),
        "not_seen": _("Not observed yet"),
        "practical_counts": _("{n} of {all} have passed"),
        "earlier": _("Attempt {n}: {points} of {most} points. {result}"),
        "here_only": _("saved only here"),
        "step_zero": _("She did not do it"),
        "step_one": _("She did it"),
        "level_zero": _("Not yet"),
        "level_one": _("With help"),
        "level_two": _("Alone"),
        "steps_left_one": _("1 step has no answer yet."),
        "steps_left_many": _("{n} steps have no answer yet."),
        "nobody": _("Nobody"),
        "comment_long": _("The comment has at most 200 letters."),
        "result_passed": _("{name} passed: {points} of {most} points."),
        "result_points": _("{name} has not passed yet: {points} points; {needed} are needed."),
        "result_critical": _("{name} has not passed yet: a critical step is missing."),
        "times_wrong": _("She came back before she left. Look at the times."),
        "pair_same": _("Choose two different women."),
        "woman_needed": _("Choose who went out."),
        "minutes_counted": _("{n} minutes count, of {all}."),
        "outing_line": _("{name}: {left} to {back}, {n} minutes"),
        "outing_with": _("with {name}"),
        "in_register": _("In the register: {mark}"),
        "outing_changes": _("This changes what stands in the register. Go on?"),
        "outing_kept": _("The outing is saved on this phone. It is sent by itself when there is signal."),
        "absent_sure_one": _("Note 1 woman as absent from this outing?"),
        "absent_sure_many": _("Note {n} women as absent from this outing?"),
        "note_register": _("Register: {title}"),
        "note_observation": _("Practical of {name}: {title}"),
        "note_outing": _("Outing of {name}: {title}"),
        "note_unknown": _("Something noted before"),
        "saved_here": _("Saved only on this phone."),
        "refusals": _refusals(),
    }


def _refusals() -> dict[str, str]:
    """Why something needs a look, by the server's code."""
    rest = {"": str(staff_wording.KEPT), "no_room": str(staff_wording.NO_ROOM)}
    return rest | {code: str(words) for code, words in staff_wording.FOR_TEAM.items()}
