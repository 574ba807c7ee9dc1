"""The help centre: articles for sellers, written as Markdown files in `articles/`, published into the database."""

from .markdown import Section, rendered, sections

__all__ = ["Section", "rendered", "sections"]
