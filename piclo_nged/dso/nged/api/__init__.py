"""NGED's addresses under /api/nged/v1/, one file per group of calls. They translate; the operations decide."""
