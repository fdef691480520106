"""What several lessons share: words explained in one place, services that help."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.blocks import ListBlock, StructBlock, StructValue
from wagtail.snippets.blocks import SnippetChooserBlock

from courses.pages.blocks.groups import CARE
from courses.pages.rules import SAID


class SharedValue(StructValue):
    """A value that may carry what its texts said when the lesson was frozen (`said`)."""

    said: Any = None


class SharedBlock(StructBlock):
    """A block whose words stand elsewhere; a frozen lesson brings them along beside the value."""

    def bulk_to_python(self, values: Any) -> list[Any]:
        raw = list(values)
        made = list(super().bulk_to_python(raw))
        for value, stored in zip(made, raw, strict=True):
            value.said = stored.get(SAID)
        return made

    def to_python(self, value: Mapping[str, Any]) -> Any:
        return self.bulk_to_python([value])[0]

    def say(self, value: Any) -> Any:
        """What the shared texts say now, as JSON: for freezing."""
        raise NotImplementedError

    class Meta:
        value_class = SharedValue


class GlossaryValue(SharedValue):
    @property
    def shown(self) -> list[Any]:
        """The words as they were when the lesson was frozen; in a draft, as they are."""
        if self.said is not None:
            return list(self.said)
        return [term.said() for term in self["terms"] if term is not None]


class GlossaryBlock(SharedBlock):
    """Words explained where they are read; the explanation opens."""

    terms = ListBlock(
        SnippetChooserBlock("courses.GlossaryTerm", label=_("Word")), label=_("Words"), min_num=1
    )

    def say(self, value: Any) -> Any:
        return [term.said() for term in value["terms"] if term is not None]

    class Meta:
        icon = "openquote"
        label = _("Words explained")
        group = CARE
        description = _("Words of the glossary. A published lesson keeps the explanation that it had.")
        template = "courses/pages/blocks/glossary.html"
        value_class = GlossaryValue

    def get_preview_value(self) -> Any:
        value = self.normalize({"terms": []})
        value.said = [
            {
                "term": gettext("Consent"),
                "definition": gettext("A yes that is free, informed and can be taken back."),
            }
        ]
        return value


class ReferralValue(SharedValue):
    @property
    def shown(self) -> Any:
        """The service as it is NOW: a wrong number harms. One that is gone has its name only."""
        service = self["service"]
        if service is not None:
            return service.said(today=timezone.localdate())
        return {"name": (self.said or {}).get("name", ""), "is_open": False}


class ReferralBlock(SharedBlock):
    """Where to go or whom to call. Shown as the service is today; a version keeps what it said."""

    service = SnippetChooserBlock("courses.ReferralService", label=_("Service"))

    def say(self, value: Any) -> Any:
        service = value["service"]
        return service and service.said()

    class Meta:
        icon = "mobile-alt"
        label = _("Where to get help")
        group = CARE
        description = _("A service with telephone and hours, always as it was last checked.")
        template = "courses/pages/blocks/referral.html"
        value_class = ReferralValue

    def get_preview_value(self) -> Any:
        service = self.child_blocks["service"].model_class(
            name=gettext("A health centre"),
            kind="health",
            phone="000 000 0000",
            hours=gettext("Every day, 8:00 to 20:00"),
            cost=gettext("Free"),
            asks=gettext("What you want to be called."),
            reviewed_on=timezone.localdate(),
        )
        return self.normalize({"service": service})
