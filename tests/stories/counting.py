"""How much somebody has to do: taps and messages, counted as a story goes on."""

from tests.stories.people import Person


class Counted:
    """The same person, whose taps and messages are counted; to scan a code is a tap."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.taps = 0
        self.messages = 0

    @property
    def steps(self) -> int:
        return self.taps + self.messages

    async def says(self, text: str) -> str:
        self.messages += 1
        return await self.person.says(text)

    async def presses(self, label: str) -> str:
        self.taps += 1
        return await self.person.presses(label)

    async def opens(self, link: str) -> str:
        self.taps += 1
        return await self.person.opens(link)
