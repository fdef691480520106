"""What a checked file's judgement says to a person."""

from typing import Any

from django.utils.translation import gettext as _

from certificates.verification import answers
from certificates.verification.file_check import Finding, Judgement
from certificates.verification.lookup import State

TAMPERED, UNKNOWN = "tampered", "unknown"
UNREADABLE = {Finding.DAMAGED, Finding.ENCRYPTED}


def page_context(judgement: Judgement) -> dict[str, Any]:
    """What the page of a checked file needs."""
    verdict = judgement.verdict
    if verdict and judgement.is_our_file:
        context = answers.page_context(verdict)
        if verdict.state == State.VALID and verdict.facts:
            context["sentence"] = (
                _("This is the very file that we issued, and it is only for trying things out.")
                if verdict.facts["is_demo"]
                else _("This is the very file that we issued, and it is in force.")
            )
        return context | {"is_own_file": True}
    if verdict and judgement.findings == (Finding.CARD,):
        return {
            "state": UNKNOWN,
            "word": _("A wallet card"),
            "sentence": sentence(Finding.CARD),
            "register_code": verdict.code,
        }
    if verdict:
        return {
            "state": TAMPERED,
            "sentence": _("This is not the file that we issued. Please do not accept it."),
            "differences": [sentence(finding) for finding in judgement.findings],
            "missing": judgement.missing,
            "register_code": verdict.code,
        }
    unreadable = [finding for finding in judgement.findings if finding in UNREADABLE]
    if unreadable:
        return {"state": UNKNOWN, "word": _("The file cannot be read"), "sentence": sentence(unreadable[0])}
    return {
        "state": TAMPERED if judgement.findings else UNKNOWN,
        "word": "" if judgement.findings else _("Not one of ours"),
        "sentence": _(
            "We did not issue this file. A diploma of ours carries a code that is in the register."
        ),
        "differences": [sentence(finding) for finding in judgement.findings],
    }


def sentence(finding: Finding) -> str:
    """One difference in plain words."""
    return {
        Finding.DAMAGED: _("It is not a PDF file, or it is damaged or cut in the middle."),
        Finding.ENCRYPTED: _("It is locked with a password, so nobody can look into it. Ours never are."),
        Finding.ADDED: _("It begins as our file, but something was added afterwards."),
        Finding.STRANGER: _("It begins as our file, but somebody else changed and signed it afterwards."),
        Finding.ALTERED: _("It was changed after we signed it: our signature no longer fits."),
        Finding.SIGNATURE: _("Its electronic signature was damaged or changed."),
        Finding.OTHER_SIGNER: _("Somebody else signed it, not us."),
        Finding.IMPOSTOR: _("Whoever signed it uses our name, but not our key."),
        Finding.UNSIGNED: _("It does not carry our electronic signature."),
        Finding.CARD: _(
            "A wallet card carries no signature, so its file proves nothing. "
            "See what the register says of its code, and compare every word with the card."
        ),
        Finding.UNREGISTERED: _("It carries our signature, but as a diploma it is not in the register."),
        Finding.FACTS: _("It carries our code, but it does not say what the register says."),
        Finding.CREDENTIAL: _("The digital credential inside is not the one that we signed."),
    }[finding]
