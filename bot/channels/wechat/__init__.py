"""Official Accounts on WeChat (公众号).

Outside this package only ``channel``, the channel and its settings, and ``forms``, the settings of
template messages, are used.
"""
