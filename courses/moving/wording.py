"""What is wrong with a package, and what stays behind, in words."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

PROBLEMS: dict[str, Any] = {
    # the file
    "not_zip": _("This is not a file that «Take this course along» makes, or it is damaged."),
    "not_course": _("This is a ZIP, but there is no course in it."),
    "no_qti": _("This is a ZIP, but there are no QTI 3 questions in it."),
    "damaged": _("It is damaged. Copy the file again and bring it once more."),
    "newer": _(
        "A newer Promotora made it (format %(about)s). Bring this house up to date, then bring it again."
    ),
    "too_many": _("It has more than %(about)s files inside."),
    "too_big": _("It is too big: at most %(about)s MB."),
    "bomb": _("It would unpack to far more than it says. It was not opened."),
    "bad_name": _("A file in it has a name that is not allowed: %(about)s."),
    "link": _("It is a link to somewhere else, no file."),
    "method": _("It is encrypted or packed in a way that is not read."),
    "twice": _("It stands there twice."),
    "missing": _("The list names this file, and it is not there."),
    "extra": _("This file is there, and nothing names it."),
    "size": _("It is longer or shorter than the list says."),
    "sha256": _("Its content is not what was packed: its SHA-256 differs."),
    "type": _("It is not what its name says, or it holds what is not allowed. %(about)s"),
    "more": _(
        "This picture tells more than it shows: where or when it was taken, or something hidden. "
        "Upload it again in the house that it comes from, and take the course out again."
    ),
    "json": _("It is not the JSON that it should be."),
    "xml": _("It is not sound XML, or it declares a DTD or entities."),
    # its parts
    "path": _("It is not what its place in the file says."),
    "one_course": _("There must be one course in it, once in each of its languages."),
    "language": _("This house has no content in this language: %(about)s."),
    "wrong": _("Something else should stand here."),
    "unknown": _("Nothing of this name is known here."),
    "lacks": _("This is missing."),
    "letters": _("Signs stand here that cannot be printed."),
    "reference": _("It names something that is not there: %(about)s."),
    "block": _("There is no such block in this house: %(about)s."),
    "html": _("This text has something that our editor never writes: %(about)s."),
    "invalid": "%(about)s",
    # the work
    "gave_up": _("It could not be finished after three times. Tell who looks after this house."),
    "gone": _("This course is gone."),
    "no_file": _("The file of «%(about)s» is gone. Upload it again, or take it out of the lesson."),
    # questions
    "not_qti3": _("It is not a question in QTI 3."),
    "no_items": _("There is no question in it."),
    "interactions": _("It asks %(about)s things at once; here a question asks one."),
    "kind": _("This kind of question is not asked here: %(about)s."),
    "shows": _("It shows something besides words: %(about)s. Write this question here, with its picture."),
    "no_question": _("There are no words that ask."),
    "no_key": _("It does not say which answer is right."),
    "many_to_one": _("One thing on the left belongs to several on the right."),
    "tolerance": _("It counts as right what is near in a way that is not known here."),
    "not_number": _("This is no number: %(about)s."),
}
NOTICES: dict[str, Any] = {
    "draft": _("«%(about)s» has changes that are not published. They stay here; what is published travels."),
    "link_out": _("A link to a page outside the course stays behind; its words travel."),
    "stays": _("«%(about)s» is here already. What is here stays as it is, and the course uses it."),
    "language_out": _("This house has no content in the language %(about)s. Those pages stay out."),
}


def say(problem: Mapping[str, str]) -> dict[str, str]:
    """A problem or notice as it was stored: where it is and its sentence in the reader's language."""
    sentence = str(PROBLEMS.get(problem["code"]) or NOTICES.get(problem["code"]) or problem["code"])
    return {
        "where": problem["where"],
        "field": problem["field"],
        "sentence": sentence % {"about": problem["about"]},
    }
