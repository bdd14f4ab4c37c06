"""A group on Telegram with the bot in it, which hears all that is said there."""

from typing import TYPE_CHECKING

from tests.platforms.telegram.people import Json, Person, Shown

if TYPE_CHECKING:
    from tests.platforms.telegram.server import TelegramServer


class Group(Person):
    """The screen that all of a group see; ``member`` is who writes."""

    def __init__(
        self, server: "TelegramServer", chat_id: int, *, title: str, member: Person
    ) -> None:
        super().__init__(server, chat_id, language_code="", name=title)
        self.member = member

    async def adds_the_bot(self) -> list[Shown]:
        """Bring the bot in, or in again."""
        return await self._membership("left", "member")

    async def replies(self, shown: Shown, text: str) -> list[Shown]:
        """Answer a message of the bot's."""
        above = self._server.message_of(self, shown)
        return await self.sends(text=text, reply_to_message=above)

    def user(self) -> Json:
        return self.member.user()

    def chat(self) -> Json:
        return {"id": self.chat_id, "title": self.name, "type": "supergroup"}
