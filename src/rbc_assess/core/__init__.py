"""The pure engine: it knows no clock, file, network or database."""
