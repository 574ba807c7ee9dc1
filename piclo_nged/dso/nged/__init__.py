"""All that is particular to National Grid Electricity Distribution: its words, its files, its auction rule."""
