"""Documents in files: strict YAML, every fault with its place, translations, the catalogue of editions."""
