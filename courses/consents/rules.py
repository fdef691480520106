"""The purposes a woman is asked about, each by itself, and which words she was read. Pure."""

from hashlib import sha256

STUDY, CERTIFICATE, VERIFICATION, PHOTO, DONOR = "study", "certificate", "verification", "photo", "donor"
PURPOSES = (STUDY, CERTIFICATE, VERIFICATION, PHOTO, DONOR)
VERSION = "2026-11"  # of the words: a change of meaning is a new version (tests/courses/consents)


def words_id(texts: tuple[str, ...]) -> str:
    """The version, and a hash of the words as they stood on her screen: `2026-11/1a2b3c4d5e6f`."""
    digest = sha256("\n".join(texts).encode()).hexdigest()
    return f"{VERSION}/{digest[:12]}"


def is_purpose(purpose: str) -> bool:
    """True for one of the five."""
    return purpose in PURPOSES
