"""Numbers as Mexico writes them: 1,234.5. Dates stay as Django writes them in Spanish."""

DECIMAL_SEPARATOR = "."
THOUSAND_SEPARATOR = ","
NUMBER_GROUPING = 3
