"""What is the same on every desk."""

from cms.home.exports import write_texts_only

write_texts_only()
