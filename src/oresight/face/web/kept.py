"""Things made once and kept: a bounded memory in which two who ask for the same wait for one making."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class Kept(Generic[T]):
    """A memory of values by key, the longest unused forgotten first.

    Args:
        room: Most weight kept.
        weigh: Weight of a value; one by default, so that `room` counts values.

    >>> kept = Kept[int](room=2)
    >>> [kept.get(k, lambda k=k: k * 10) for k in (1, 2, 3)], kept.peek(1), kept.peek(3)
    ([10, 20, 30], None, 30)
    """

    def __init__(self, room: float, weigh: Callable[[T], float] = lambda value: 1.0) -> None:
        self.room = room
        self.weigh = weigh
        self.held: OrderedDict[Hashable, T] = OrderedDict()
        self.weight = 0.0
        self.gate = threading.Lock()
        self.making: dict[Hashable, threading.Lock] = {}

    def peek(self, key: Hashable) -> T | None:
        """The value of a key, if it is kept."""
        with self.gate:
            if key not in self.held:
                return None
            self.held.move_to_end(key)
            return self.held[key]

    def put(self, key: Hashable, value: T) -> None:
        """Keep a value; what no longer fits is forgotten."""
        with self.gate:
            old = self.held.pop(key, None)
            if old is not None:
                self.weight -= self.weigh(old)
            self.held[key] = value
            self.weight += self.weigh(value)
            while self.weight > self.room and len(self.held) > 1:
                _, gone = self.held.popitem(last=False)
                self.weight -= self.weigh(gone)

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """The value of a key, made by the first who asks; an error of its making is not kept."""
        found = self.peek(key)
        if found is not None:
            return found
        with self.gate:
            lock = self.making.setdefault(key, threading.Lock())
        with lock:
            found = self.peek(key)
            if found is None:
                try:
                    found = make()
                    self.put(key, found)
                finally:
                    with self.gate:
                        self.making.pop(key, None)
        return found
