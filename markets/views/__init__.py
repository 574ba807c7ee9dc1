"""The sellers' pages of registration and bidding: each translates a request to one operation, or shows what is."""
