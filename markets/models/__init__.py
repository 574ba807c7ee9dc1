"""The nouns of registration and bidding, and of what all apps share."""

from .asset import Asset, MpanClash
from .asset_upload import AssetUpload
from .bid import PRICES, Bid, BidChange, BidLine, Contract, Receipt
from .bid_upload import BidUpload
from .calendar import Auction, AuctionCalendar
from .clock import MarketTime
from .competition import Competition, CompetitionRevision, PreviewNote, ServiceWindow
from .discrepancy import Discrepancy
from .joining import AccountLink, Admission, Confirmation, Invitation, JoiningRequest
from .journal import JournalEntry
from .mail import Mail, MailAttempt, MailEvent
from .operator import Market, Operator, Product, Zone
from .party import PartyNote, StandIn, TestParty
from .people import Agreement, DispatchContact, Membership, Seller, SellerIdentity, User
from .postcode import Postcode
from .qualification import Qualification, QualificationChange
from .seal import SealOpening
from .token import IdempotentCall, Token
from .webhook import SandboxFault, Webhook, WebhookBookmark, WebhookCall

__all__ = [
    "PRICES",
    "AccountLink",
    "Admission",
    "Agreement",
    "Asset",
    "AssetUpload",
    "Auction",
    "AuctionCalendar",
    "Bid",
    "BidChange",
    "BidLine",
    "BidUpload",
    "Competition",
    "CompetitionRevision",
    "Confirmation",
    "Contract",
    "Discrepancy",
    "DispatchContact",
    "IdempotentCall",
    "Invitation",
    "JoiningRequest",
    "JournalEntry",
    "Mail",
    "MailAttempt",
    "MailEvent",
    "Market",
    "MarketTime",
    "Membership",
    "MpanClash",
    "Operator",
    "PartyNote",
    "Postcode",
    "PreviewNote",
    "Product",
    "Qualification",
    "QualificationChange",
    "Receipt",
    "SandboxFault",
    "SealOpening",
    "Seller",
    "SellerIdentity",
    "ServiceWindow",
    "StandIn",
    "TestParty",
    "Token",
    "User",
    "Webhook",
    "WebhookBookmark",
    "WebhookCall",
    "Zone",
]
