"""Apps of an enterprise on WeCom (企业微信).

Outside this package only ``channel``, the channel and its settings, is used.
"""
