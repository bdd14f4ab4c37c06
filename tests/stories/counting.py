"""How much somebody has to do: taps and messages, counted as a story goes on."""

from tests.stories.people import Person


class Counted:
    """The same person, whose taps and messages are counted."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.steps = 0

    async def says(self, text: str) -> str:
        self.steps += 1
        return await self.person.says(text)

    async def presses(self, label: str) -> str:
        self.steps += 1
        return await self.person.presses(label)
