"""From facts to a PDF that proves itself: rendering, fonts, ornaments, signatures."""
