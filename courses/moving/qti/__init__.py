"""Questions in the words of other programs: QTI 3.0 of 1EdTech (docs/moving-courses.md)."""
