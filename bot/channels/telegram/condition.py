"""Whether an account works, and what is wrong when it does not."""

import structlog

log = structlog.get_logger(__name__)

NOT_CONNECTED_YET = "not connected yet"


class Condition:
    """``problem`` says why the account does not work, and is empty when it does."""

    def __init__(self, account: str, mode: str) -> None:
        self._account = account
        self._mode = mode
        self.problem = NOT_CONNECTED_YET
        self._of_sending = ""

    def report(self, problem: str) -> None:
        """Keep what is wrong, "" for nothing, and log it when it changes."""
        if problem == self.problem:
            return
        self.problem = problem
        if problem:
            log.error("telegram: not working", account=self._account, problem=problem)
        else:
            log.info("telegram: connected", account=self._account, mode=self._mode)

    def report_sending(self, problem: str) -> None:
        """Store why the account cannot send; "" clears only a problem that was reported here."""
        if problem or (self._of_sending and self.problem == self._of_sending):
            self.report(problem)
        self._of_sending = problem
