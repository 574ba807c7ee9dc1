"""NGED's dialect in JSON: what its system sends, checked, and what it is answered, described."""
