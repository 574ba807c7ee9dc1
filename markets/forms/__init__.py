"""What sellers type. Forms translate to plain values; operations decide.

What an operation refuses is put beside the field it names (`show_refusal`), so that it can be corrected there.
"""

from .assets import AssetForm, AssetRevisionForm
from .bids import BidForm, RevisionForm, usable_assets
from .fields import show_refusal

__all__ = ["AssetForm", "AssetRevisionForm", "BidForm", "RevisionForm", "show_refusal", "usable_assets"]
