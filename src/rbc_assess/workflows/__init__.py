"""The workflows: load, think, record. Each module reads like the story that it tells."""
