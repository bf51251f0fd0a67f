"""What an event is: a frozen fact, past tense, with a versioned topic.

    class OrderConfirmed(Event, frozen=True, topic="orders.order_confirmed.v1"):
        order_id: str

The class registers itself by topic, so that the outbox can read it back.
"""

from __future__ import annotations

from typing import Any, ClassVar, cast

import msgspec

TOPICS: dict[str, type[Event]] = {}


class _EventMeta(msgspec.StructMeta):
    """Takes the `topic=` of a class and registers the class under it."""

    def __new__(mcls, name: str, bases: tuple, namespace: dict, topic: str = "", **options: Any) -> Any:
        cls = super().__new__(mcls, name, bases, namespace, **options)
        if topic:
            known = TOPICS.get(topic)
            if known is not None and known.__qualname__ != cls.__qualname__:
                raise TypeError(f"topic {topic} belongs to {known.__qualname__}")
            type.__setattr__(cls, "topic", topic)
            TOPICS[topic] = cast("type[Event]", cls)
        return cls


class Event(msgspec.Struct, metaclass=_EventMeta, frozen=True):
    """Base of all events. `topic` is `<domain>.<past_tense_name>.v<version>`."""

    topic: ClassVar[str] = ""


def encode(event: Event) -> bytes:
    """Return the event's fields as JSON."""
    return msgspec.json.encode(event)


def decode(topic: str, payload: bytes | str) -> Event:
    """Return the event of a topic from its JSON; KeyError when nothing declares the topic."""
    return msgspec.json.decode(payload, type=TOPICS[topic])
