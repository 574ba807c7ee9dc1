"""Assets: registered by their seller, offered to a market, decided on by its operator."""

from .checking import Checked, check_assets, entry_of
from .qualifying import decide_qualifications, offer_assets
from .registering import hold_assets, promises_on, register_assets, retire_asset, revise_asset

__all__ = [
    "Checked",
    "check_assets",
    "decide_qualifications",
    "entry_of",
    "hold_assets",
    "offer_assets",
    "promises_on",
    "register_assets",
    "retire_asset",
    "revise_asset",
]
