"""Every word of the offline verifier, in the language that is active."""

from django.utils.translation import gettext as _


def words() -> dict[str, str]:
    """By the keys that static/certificates/offline/page.js asks for."""
    return _page() | _facts() | _answers_about_a_code() | _answers_about_a_file()


def _page() -> dict[str, str]:
    return {
        "title": _("Check a diploma without internet"),
        "lead": _(
            "This page works without signal: keep it on your phone. It reads the square drawing (QR) or "
            "the PDF file of a diploma and tells whether we signed it."
        ),
        "cannot": _("This browser cannot check signatures. Open the page with a newer one."),
        "made": _("This page knows our keys as of {date}. Keep a new copy every year."),
        "keeps_nothing": _("It sends nothing anywhere and keeps nothing."),
        "save": _("Keep this page on my device"),
        "qr_title": _("With the square drawing (QR)"),
        "qr_help": _(
            "Read it with the camera, choose a photo of it, or paste the link that your camera shows."
        ),
        "camera": _("Open the camera"),
        "photo": _("Photo of the drawing"),
        "link": _("Link of the drawing"),
        "check": _("Check"),
        "pdf_title": _("With the PDF file"),
        "pdf_help": _("Choose the file or drop it on this page."),
        "pdf": _("PDF file of the diploma"),
        "compare_facts": _("Compare each fact with the paper. If one differs, the paper was altered."),
        "seen_is_signed": _("What the file shows, the name included, is what was signed."),
        "limit": _(
            "Without internet nobody can know whether it was suspended, replaced or revoked "
            "afterwards. When you have signal, check it on our page too."
        ),
        "check_online": _("Check it on the internet"),
        "demo": _("Demonstration: this is not a real diploma."),
        "name_title": _("Is the name right?"),
        "name_help": _("Type the name on the paper and we tell you whether it matches."),
        "name": _("Name on the paper"),
        "compare": _("Compare the name"),
        "name_yes": _("The name matches"),
        "name_no": _("The name does not match"),
    }


def _facts() -> dict[str, str]:
    return {
        "document": _("Document"),
        "kind_diploma": _("diploma"),
        "kind_statement": _("statement of participation"),
        "folio": _("Folio"),
        "register": _("Register book"),
        "register_value": _("book %(book)s, page %(page)s") % {"book": "{book}", "page": "{page}"},
        "title_of_course": _("Course"),
        "duration": _("Duration"),
        "span": _("Taught"),
        "issued": _("Issued in"),
        "issuer": _("Issued by"),
        "ally": _("With the support of"),
        "authority": _("Recognised by"),
        "oficio": _("Oficio"),
        "signed_by": _("Signed by"),
        "modules": _("Modules of the course"),
        "modules_counted": _("It has {count} modules; their names did not fit into the drawing."),
        "texts": _("The paper also says"),
        "texts_left_out": _("Its own sentences did not fit into the drawing."),
        "description": _("Description"),
        "evidence": _("On record"),
        "signer": _("Electronic signature of"),
        "authority_signed": _("Signed by the authority"),
    }


def _answers_about_a_code() -> dict[str, str]:
    return {
        "word_qr_genuine": _("Authentic"),
        "say_qr_genuine": _("We signed these facts."),
        "word_qr_altered": _("Altered"),
        "say_qr_altered": _("The drawing does not say what we signed. Please do not accept it."),
        "word_qr_unknown-key": _("Unknown key"),
        "say_qr_unknown-key": _(
            "This page does not know the key of the drawing. Perhaps the diploma is newer "
            "than the page: get a new copy or check it on the internet."
        ),
        "word_qr_no-token": _("Nothing to read"),
        "say_qr_no-token": _(
            "This is not the link of a diploma, or it is not whole. It is long: copy all of it."
        ),
        "word_qr_no-qr": _("Nothing to read"),
        "say_qr_no-qr": _("No square drawing was found. Take the photo from nearer and with light."),
        "word_qr_not-known": _("Paste the link"),
        "say_qr_not-known": _(
            "This browser cannot read photos of drawings. Read it with the camera of the "
            "phone, copy the link and paste it here."
        ),
    }


def _answers_about_a_file() -> dict[str, str]:
    return {
        "word_pdf_genuine": _("Authentic"),
        "say_pdf_genuine": _("We signed this file and nothing in it was changed."),
        "word_pdf_countersigned": _("Authentic"),
        "say_pdf_countersigned": _("We signed this file, and then the authority did."),
        "word_pdf_added": _("Altered"),
        "say_pdf_added": _("Something was added after we signed it. Please do not accept it."),
        "word_pdf_stranger": _("Altered"),
        "say_pdf_stranger": _(
            "Something was added after we signed it, by somebody whom this page does not "
            "know. Please do not accept it without checking it on the internet."
        ),
        "word_pdf_altered": _("Altered"),
        "say_pdf_altered": _("It was changed after we signed it. Please do not accept it."),
        "word_pdf_not-ours": _("Not ours"),
        "say_pdf_not-ours": _(
            "Somebody else signed this file, or with a key that this page does not know. "
            "Please do not accept it without checking it on the internet."
        ),
        "word_pdf_unsigned": _("Not ours"),
        "say_pdf_unsigned": _("It does not carry our electronic signature. Please do not accept it."),
        "word_pdf_not-pdf": _("The file cannot be read"),
        "say_pdf_not-pdf": _("It is not a PDF file, or it is larger than 5 MB."),
    }
