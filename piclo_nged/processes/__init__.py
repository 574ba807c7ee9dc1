"""The processes behind the story: starting them, watching them, and leaving none behind."""
