"""The nouns of the service around the story."""

from .article import Article
from .case import Case
from .step import Step
from .tally import Tally

__all__ = ["Article", "Case", "Step", "Tally"]
