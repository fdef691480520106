"""Under which heading the editor offers a block."""

from django.utils.translation import gettext_lazy as _

TEXT, MEDIA, PRACTICE, CARE = (
    _("Text"),
    _("Pictures, sound and files"),
    _("Practice"),
    _("Words, help and care"),
)
