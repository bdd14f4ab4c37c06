"""What WeChat and WeCom have in common, as documented on their developers' sites.

``push_channel`` is the base of both channels; the other modules are its parts: envelopes, retries,
the API and its token, the custom menu, and messages as text. Only ``wechat`` and ``wecom`` use it.
"""
