"""The standard agreement between a seller and Piclo: its current version. The text of each version is a template.

A change of wording is a new version, never an edit: sellers sign again, and no bid is taken until they have.
"""

VERSION = "2026-1"
