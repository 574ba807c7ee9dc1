"""The sellers' pages, as a browser without script meets them."""
