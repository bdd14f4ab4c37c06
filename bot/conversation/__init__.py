"""One update, one transaction, one reply; no platform and no subject is known here.

Handlers use ``routing``, ``messages``, ``chat``, ``dialogs`` and ``language``; channels use
``messages``; only ``bot.station`` makes ``dispatch.Dispatcher`` and ``finding.Routes``.
"""
