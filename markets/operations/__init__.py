"""The verbs of registration and bidding: the only place that changes state. All are keyword-only and atomic."""
