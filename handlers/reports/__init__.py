"""Accounts of a period: in the chat, as a page to print, as a workbook, and each month by itself.

``labels`` has the words of every figure, for pages as well.
"""

from handlers.reports import accounts, files, monthly

ROUTERS = (accounts.router, files.router, monthly.router)
