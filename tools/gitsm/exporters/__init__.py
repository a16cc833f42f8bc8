"""How what was computed leaves for other programs, one file for each form."""
