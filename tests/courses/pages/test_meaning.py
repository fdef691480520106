"""Which versions say the same: by their words and their bones, whatever stands beside them."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from courses.pages.meaning import bones_of, meaning_of

TEXT = st.text(max_size=8)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "text", "a"]), inner, max_size=3)
    ),
    max_leaves=8,
)


def words(value: Any, change: Any) -> Any:
    """The same with every text that is no name put through `change`."""
    if isinstance(value, dict):
        return {name: one if name == "id" else words(one, change) for name, one in value.items()}
    if isinstance(value, list):
        return [words(one, change) for one in value]
    return change(value) if isinstance(value, str) and value else value


@given(JSON)
def test_another_language_has_the_same_bones_and_no_other_number(value: Any) -> None:
    assert bones_of(value) == bones_of(words(value, lambda text: f"EN {text}"))


@given(st.dictionaries(st.sampled_from(["body", "objectives", "pass_mark"]), JSON), TEXT)
def test_what_stands_beside_the_words_changes_no_meaning(content: dict[str, Any], title: str) -> None:
    beside = {"credited_minutes": 45, "is_reviewed": True, "files": [{"pk": 1}], "sources": [1]}
    empty: dict[str, Any] = {"feedback": "", "audio": None, "steps": [], "is_grave": False}
    assert meaning_of(title, content) == meaning_of(title, {**content, **beside, **empty})
    assert meaning_of(title, content) != meaning_of(f"{title}!", content)


def test_what_shared_words_said_belongs_to_no_meaning() -> None:
    stored = {"body": [{"type": "glossary", "id": "g", "value": {"terms": [{"value": 1, "id": "t"}]}}]}
    frozen = {"body": [{**stored["body"][0], "value": {"terms": [{"value": 1, "id": "t"}], "said": ["x"]}}]}
    assert meaning_of("T", stored) == meaning_of("T", frozen)


def test_what_is_right_and_how_many_are_bones() -> None:
    def asked(text: str, **more: Any) -> dict[str, Any]:
        return {"questions": [{"id": "q", "options": [{"id": "a", "text": text, **more}]}], "draw": 1}

    assert bones_of(asked("Sí", is_correct=True)) == bones_of(asked("Yes", is_correct=True))
    assert bones_of(asked("Sí", is_correct=True)) != bones_of(asked("Yes"))
    assert bones_of(asked("Sí")) != bones_of({**asked("Yes"), "draw": 2})
