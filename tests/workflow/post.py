"""The way out of the house in stories: letters that arrive in a box, a road that can be closed."""

from __future__ import annotations

from collections import Counter

from tests.workflow.hospital import Hospital
from workflow.nouns import Topic
from workflow.service.delivering import Delivering, Message, Undelivered
from workflow.service.noticing import AS_SHIPPED, Channel, Choice, Noticing

EVERYTHING = frozenset(topic for topic in Topic if topic is not Topic.ALARM)


class Letterbox:
    """A transport within this process. `closed` says why nothing gets through just now."""

    def __init__(self) -> None:
        self.letters: list[Message] = []
        self.closed: Undelivered | None = None
        self.tried = 0

    def send(self, message: Message) -> None:
        """Take a message in, unless the road is closed."""
        self.tried += 1
        if self.closed is not None:
            raise self.closed
        self.letters.append(message)

    def copies(self) -> Counter[str]:
        """How often each message came, by its key."""
        return Counter(letter.key for letter in self.letters)


def mailed(address: str, *topics: Topic) -> Choice:
    """Mail about these topics, or everything."""
    return Choice(address=address, topics={Channel.MAIL: frozenset(topics) or EVERYTHING})


class Post:
    """A hospital with its post office: Dr Lee and Amy have given their addresses."""

    def __init__(self, hospital: Hospital, *channels: Channel) -> None:
        self.hospital = hospital
        self.boxes = {channel: Letterbox() for channel in channels or (Channel.MAIL,)}
        self.noticing = Noticing(hospital.store, lambda: hospital.catalog)
        self.noticing.choose("lee", mailed("lee@hospital.cn"))
        self.noticing.choose("amy", mailed("amy@hospital.cn"))

    @property
    def mail(self) -> Letterbox:
        """Where mail arrives."""
        return self.boxes[Channel.MAIL]

    def worker(self, name: str = "one") -> Delivering:
        """Somebody who carries."""
        hospital = self.hospital
        return Delivering(
            hospital.store,
            lambda: hospital.catalog,
            hospital.id,
            dict(self.boxes),
            name,
            site="https://qianpi.hospital.cn",
        )

    def goes_out(self, limit: int = 50) -> int:
        """The worker looks once."""
        return self.worker().deliver(self.hospital.now, limit)

    def passes(self, **length: float) -> int:
        """Time passes, and the worker looks."""
        self.hospital.wait(**length)
        return self.goes_out()


__all__ = ["AS_SHIPPED", "EVERYTHING", "Letterbox", "Post", "mailed"]
