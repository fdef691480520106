"""Time zones in the words of those who live in them."""

from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses.cohorts.models import TIME_ZONES

NEAR: dict[str, Any] = {
    "America/Mexico_City": gettext_lazy("centre of Mexico"),
    "America/Cancun": "Quintana Roo",
    "America/Merida": gettext_lazy("Campeche and Yucatán"),
    "America/Monterrey": gettext_lazy("north-east of Mexico"),
    "America/Chihuahua": "Chihuahua",
    "America/Ciudad_Juarez": "Ciudad Juárez",
    "America/Mazatlan": gettext_lazy("Pacific coast of Mexico"),
    "America/Hermosillo": "Sonora",
    "America/Tijuana": "Baja California",
    "America/Matamoros": gettext_lazy("Mexico, along the border with Texas"),
    "America/Guatemala": "Guatemala",
    "America/Belize": gettext_lazy("Belize"),
    "America/El_Salvador": "El Salvador",
    "America/Tegucigalpa": "Honduras",
    "America/Managua": "Nicaragua",
    "America/Costa_Rica": "Costa Rica",
    "America/Panama": gettext_lazy("Panama"),
    "America/Havana": "Cuba",
    "America/Port-au-Prince": gettext_lazy("Haiti"),
    "America/Santo_Domingo": gettext_lazy("Dominican Republic"),
}


def zone_in_words(zone: str) -> str:
    """Where the clocks go like this: a name people use, or the city that the zone is named after."""
    if zone in NEAR:
        return str(NEAR[zone])
    return ", ".join(zone.split("/")[1:]).replace("_", " ")


def zone_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Every time zone in words, those near by first."""
    near = [(name, capfirst(zone_in_words(name))) for name in NEAR]
    others = [(name, zone_in_words(name)) for name, _name in TIME_ZONES if name not in NEAR]
    return [
        (_("Near by"), near),
        (_("Elsewhere, by city"), sorted(others, key=lambda choice: choice[1])),
    ]
