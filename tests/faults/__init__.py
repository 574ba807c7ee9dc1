"""Faults, really done: our processes on a database and a mail server of their own, killed and broken at random moments."""
