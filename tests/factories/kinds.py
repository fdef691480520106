"""A question of every kind, as a stream keeps it; the ids say what is right."""

from typing import Any


def stored(kind: str, key: str, **value: Any) -> dict[str, Any]:
    """A question as stored: `kind`, its id and its value."""
    return {"type": kind, "id": key, "value": {"question": f"¿{key}?", "feedback": f"Porque {key}.", **value}}


def _options(key: str, right: str) -> list[dict[str, Any]]:
    return [
        {
            "type": "item",
            "id": f"{key}-{letter}",
            "value": {
                "text": f"Opción {letter}",
                "is_correct": letter in right,
                "feedback": f"Sobre {letter}",
            },
        }
        for letter in "abc"
    ]


def _items(key: str, values: list[Any]) -> list[dict[str, Any]]:
    return [{"type": "item", "id": f"{key}-{place}", "value": value} for place, value in enumerate(values)]


def every_kind() -> list[dict[str, Any]]:
    """One of each kind that is counted at once."""
    pairs = [{"left": "PrEP", "right": "antes"}, {"left": "PEP", "right": "después"}]
    return [
        stored("single", "one", options=_options("one", "a")),
        stored("multiple", "many", options=_options("many", "ab"), tags="Plazos, condón"),
        stored("true_false", "tf", is_true=False, if_true="No es así.", if_false="Muy bien.", is_anchor=True),
        stored("ordering", "order", items=_items("order", ["primero", "segundo", "tercero"])),
        stored("matching", "match", pairs=_items("match", pairs)),
        stored("numeric", "number", answer="2.5", tolerance="0.5", unit="días", tags="plazos"),
    ]


WORDS = stored("short_answer", "words", look_for="Pide permiso.")
