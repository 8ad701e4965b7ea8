"""The HTTP API: thin, typed handlers round the workflows (see the design's page on the API)."""
