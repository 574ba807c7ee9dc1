"""What dispatch writes to mailboxes: instructions, alarms to on-call, reminders of what is delivered by schedule."""

from .alarm import alarm
from .instruction import Addressed, ContractTold, instruction_mails
from .reminder import reminder

__all__ = ["Addressed", "ContractTold", "alarm", "instruction_mails", "reminder"]
