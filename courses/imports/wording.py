"""What is wrong with a line of a list, in words."""

from typing import Any

from django.utils.translation import gettext_lazy as _

COLUMNS: dict[str, Any] = {
    "name": _("Name"),
    "language": _("Language"),
    "username": _("User name"),
    "legal_name": _("Legal name"),
}
PROBLEMS: dict[str, Any] = {
    "empty": _("There is no name here."),
    "too_long": _("This is too long: at most %(about)s letters."),
    "formula_start": _("A name does not begin with «%(about)s»."),
    "formula": _("A formula without a value stands here. Copy it and paste only its value."),
    "line_break": _(
        "A line break or an open quotation mark stands here: the lines after it were read as one."
    ),
    "control": _("Signs stand here that cannot be printed."),
    "contact": _("This looks like a telephone, a document or an e-mail. None of them is kept here."),
    "no_letters": _("A name has letters."),
    "letters": _("These letters cannot be printed on a diploma: %(about)s."),
    "language": _("This language is not one of the site. Write es, en, fr, pt or ht."),
    "username_letters": _("A user name has letters and digits only, and no spaces."),
    "username_taken": _("This user name is taken. Choose another one."),
    "username_twice": _("This user name stands in line %(about)s too."),
}


def say(problem: dict[str, str]) -> dict[str, str]:
    """A problem as it was stored: its column and its sentence in the reader's language."""
    sentence = str(PROBLEMS.get(problem["code"], problem["code"]))
    return {
        "column": str(COLUMNS.get(problem["column"], problem["column"])),
        "sentence": sentence % {"about": problem.get("about", "")},
    }
