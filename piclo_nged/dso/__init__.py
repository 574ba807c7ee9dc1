"""One folder per distribution system operator. Operators' folders never know each other."""
