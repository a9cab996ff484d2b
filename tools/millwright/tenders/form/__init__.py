"""The bid form: what a tender asks for as a workbook, and a filled-in one as an offer."""
