"""The award: issuing, making the document, and its life afterwards."""
