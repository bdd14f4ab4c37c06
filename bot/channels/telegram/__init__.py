"""Bots on Telegram, by webhook or long polling.

Outside this package only ``channel``, the channel and its settings, is used.
"""
