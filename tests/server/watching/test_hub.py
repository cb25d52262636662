"""The hub: one making for all watchers, only where inputs changed, and nothing piles up."""

import asyncio
import json
from typing import Any

import pytest

from linewright.server.desk import Refusal
from linewright.server.watching.hub import KEPT_S, WATCHES_MAX, Client, Hub, Source


class Scene:
    """A hub with a clock of its own and one number to watch."""

    def __init__(self) -> None:
        self.now_s = 100.0
        self.inputs = 0
        self.acts = 0
        self.cost_s = 0.0
        self.made = 0
        self.refusal: Refusal | None = None
        self.hub = Hub("k", lambda: self.now_s)
        self.woken = 0

    def source(self, key: str = "/api/x", pace: str = "fast") -> Source:
        """Return the number as a resource."""
        return Source(
            key=key,
            pace=pace,
            inputs=lambda: (self.inputs, self.acts),
            make=self._make,
            acts=lambda: self.acts,
        )

    def _make(self) -> bytes:
        self.made += 1
        self.now_s += self.cost_s
        if self.refusal is not None:
            raise self.refusal
        return json.dumps({"n": self.inputs, "same": "x" * 80}).encode()

    def client(self) -> Client:
        """Return a client that counts how often it is woken."""

        def due() -> None:
            self.woken += 1

        return Client(due)

    def step(self, after_s: float = 0.1) -> None:
        """Let time go on, and make what is due."""
        self.now_s += after_s
        for kept in self.hub.due():
            asyncio.run(self.hub.make(kept))


def _all(client: Client) -> list[dict[str, Any]]:
    found = []
    while said := client.take():
        found.append(json.loads(said))
    return found


def test_made_once_for_all_watchers() -> None:
    """Fifty clients of one resource cost one making, and get the same message but for its id."""
    scene = Scene()
    clients = [scene.client() for _ in range(50)]
    for number, client in enumerate(clients):
        scene.hub.watch(client, number, scene.source())
    scene.step()
    assert scene.made == 1
    told = [_all(client) for client in clients]
    assert [each[0].pop("id") for each in told] == list(range(50))
    assert all(each == told[0] for each in told)


def test_made_only_where_inputs_changed() -> None:
    """Unchanged inputs cost nothing for a second; then time itself may have changed it."""
    scene = Scene()
    scene.hub.watch(scene.client(), 1, scene.source())
    for _ in range(9):
        scene.step()
    assert scene.made == 1
    scene.inputs = 1
    scene.step()
    assert scene.made == 2
    scene.step(1.1)
    assert scene.made == 3


def test_an_act_of_a_person_is_made_at_once_though_the_resource_is_dear() -> None:
    """What took half a second waits five, but after an act as long as it took: others see it."""
    scene = Scene()
    scene.cost_s = 0.5
    scene.hub.watch(scene.client(), 1, scene.source(pace="slow"))
    scene.step()
    scene.inputs = 1
    scene.step(1.0)
    assert scene.made == 1
    scene.acts = 1
    scene.step(0.05)
    assert scene.made == 2
    scene.step(0.45)
    assert scene.made == 2
    scene.acts = 2
    scene.step(0.01)
    assert scene.made == 2
    scene.step(0.05)
    assert scene.made == 3


@pytest.mark.parametrize(("pace", "most"), [("fast", 11), ("slow", 2)])
def test_the_pace_is_kept(pace: str, most: int) -> None:
    """What changes a hundred times a second is told ten times, or once where it is slow."""
    scene, told = Scene(), 0
    client = scene.client()
    scene.hub.watch(client, 1, scene.source(pace=pace))
    for _ in range(100):
        scene.inputs += 1
        scene.step(0.01)
        told += len(_all(client))
    assert most - 2 < told <= most


def test_a_slow_client_gets_the_newest() -> None:
    """Who takes nothing for a hundred changes then gets one message with the newest value."""
    scene = Scene()
    slow, quick = scene.client(), scene.client()
    for client in (slow, quick):
        scene.hub.watch(client, 1, scene.source())
    for n in range(100):
        scene.inputs = n
        scene.step()
        assert len(_all(quick)) == 1
    told = _all(slow)
    assert len(told) == 1
    assert told[0]["full"]["n"] == 99


def test_who_comes_back_gets_what_changed() -> None:
    """Within a minute the resource is kept: with its version a client gets a patch alone."""
    scene = Scene()
    first = scene.client()
    scene.hub.watch(first, 1, scene.source())
    scene.step()
    version = _all(first)[0]["version"]
    scene.hub.leave(first)
    scene.inputs = 5
    scene.step(KEPT_S / 2)
    assert scene.made == 1
    again = scene.client()
    scene.hub.watch(again, 7, scene.source(), version)
    scene.step()
    assert _all(again) == [{"id": 7, "version": "k.2", "patch": {"n": 5}}]
    scene.hub.leave(again)
    scene.step(KEPT_S + 1)
    assert len(scene.hub) == 0


def test_an_error_is_told_once_and_ends_with_all_of_it() -> None:
    """A refusal reaches each watcher once; when it is over, all of the resource is told."""
    scene = Scene()
    client = scene.client()
    scene.hub.watch(client, 1, scene.source())
    scene.step()
    _all(client)
    scene.refusal = Refusal(503, "history is away", "/api/x", "wait")
    scene.step(1.1)
    scene.step(1.1)
    told = _all(client)
    assert [each["error"]["status"] for each in told] == [503]
    scene.refusal = None
    scene.step(1.1)
    assert "full" in _all(client)[0]


def test_bounds() -> None:
    """A client watches 64 resources and no more; an unwatched number is free again."""
    scene = Scene()
    client = scene.client()
    for number in range(WATCHES_MAX):
        scene.hub.watch(client, number, scene.source(f"/api/{number}"))
    with pytest.raises(Refusal) as refused:
        scene.hub.watch(client, WATCHES_MAX, scene.source())
    assert refused.value.status == 429
    scene.hub.unwatch(client, 3)
    scene.hub.watch(client, WATCHES_MAX, scene.source())
    scene.step()
    assert len(_all(client)) == WATCHES_MAX


def test_every_watch_has_its_turn() -> None:
    """A client that takes one message at a time hears of all its resources, not the first alone."""
    scene = Scene()
    client = scene.client()
    for number in range(3):
        scene.hub.watch(client, number, scene.source(f"/api/{number}"))
    heard = set()
    for n in range(6):
        scene.inputs = n
        scene.step()
        said = client.take()
        assert said is not None
        heard.add(json.loads(said)["id"])
    assert heard == {0, 1, 2}
