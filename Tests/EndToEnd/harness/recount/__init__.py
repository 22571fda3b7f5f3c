"""What requests tell, counted a second time: from the raw bytes of what gateways sent, by the rules of
Docs/Vocabulary.md, in another language and with another decoder than the program's.

Nothing here is fast, and nothing is taken from the program. Where the two disagree one of them is wrong.
"""

from harness.recount.joining import requests_of
from harness.recount.requests import Request
from harness.recount.tables import Table, nearest

__all__ = ["Request", "Table", "nearest", "requests_of"]
