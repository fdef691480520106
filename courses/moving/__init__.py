"""Taking a whole course to another installation, and questions to other programs (docs/moving-courses.md)."""
