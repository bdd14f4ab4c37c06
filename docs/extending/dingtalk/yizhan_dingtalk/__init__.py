"""DingTalk as a channel: the robot of an app that a company made for itself (企业内部应用机器人).

``CHANNEL`` is what the entry point names; an account is a section ``[dingtalk.NAME]``.
"""

from pathlib import Path

from bot.channels import Services
from bot.station.extending import ChannelKind
from yizhan_dingtalk.channel import DingTalk
from yizhan_dingtalk.settings import DingTalkSettings


def build(account: str, given: DingTalkSettings, services: Services) -> DingTalk:
    return DingTalk(account, given, services)


CHANNEL = ChannelKind(DingTalkSettings, build, folder=Path(__file__).parent)
