"""The nouns of registration and bidding, and of what all apps share."""

from .asset import Asset, Qualification
from .bid import PRICES, Bid, BidChange, BidLine, Contract, Receipt
from .clock import MarketTime
from .competition import Competition, ServiceWindow
from .journal import JournalEntry
from .mail import Mail, MailAttempt
from .operator import Market, Operator, Product, Zone
from .people import Agreement, DispatchContact, Membership, Seller, SellerIdentity, User
from .token import IdempotentCall, Token

__all__ = [
    "PRICES",
    "Agreement",
    "Asset",
    "Bid",
    "BidChange",
    "BidLine",
    "Competition",
    "Contract",
    "DispatchContact",
    "IdempotentCall",
    "JournalEntry",
    "Mail",
    "MailAttempt",
    "Market",
    "MarketTime",
    "Membership",
    "Operator",
    "Product",
    "Qualification",
    "Receipt",
    "Seller",
    "SellerIdentity",
    "ServiceWindow",
    "Token",
    "User",
    "Zone",
]
