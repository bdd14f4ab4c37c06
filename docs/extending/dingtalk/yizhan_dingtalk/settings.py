"""The section ``[dingtalk.NAME]``."""

from pydantic import Field, SecretStr

from bot.station.sections import Section, Url


class DingTalkSettings(Section):
    """``app_key`` is the robotCode as well; the open platform shows both on the app's page."""

    app_key: str = Field(min_length=1)
    app_secret: SecretStr = Field(min_length=1)
    api_base: Url = "https://api.dingtalk.com"
    messages_per_second: float = Field(default=20.0, gt=0, le=1000)
