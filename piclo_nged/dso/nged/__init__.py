"""All that is particular to National Grid Electricity Distribution: its words, files and auction rule."""
