"""Numbers to call in need, which each operator sets for their country."""

from dataclasses import dataclass


@dataclass(frozen=True)
class HelpLines:
    """Telephone numbers, as people dial them; the defaults are those of mainland China.

    ``labour`` is the office for labour and social security, ``government`` the line for all other
    offices, ``mind`` the one for psychological help.
    """

    police: str = "110"
    ambulance: str = "120"
    fire: str = "119"
    labour: str = "12333"
    union: str = "12351"
    government: str = "12345"
    mind: str = "12356"
