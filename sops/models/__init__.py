"""The nouns of the service around the story."""

from .article import Article
from .case import Case
from .step import Step

__all__ = ["Article", "Case", "Step"]
