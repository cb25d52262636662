"""Each followed server, asked every second for as long as this one runs; what it last said stays.

One task and one connection a server. Who does not answer is asked less often, and at once again as
it answers. The last answers are kept on disk, so that a restart shows them with their age.
"""

import asyncio
import logging
import time
from pathlib import Path

import msgspec

from linewright.server.folder import read_private, write_private
from linewright.server.peers.asking import Ear
from linewright.server.peers.faults import PeerFault
from linewright.server.peers.hearing import Heard, hear
from linewright.server.peers.keeping import Peer, Peers
from linewright.server.peers.merging import Followed
from linewright.server.peers.trying import ear_of
from linewright.server.signing.keeping.locked import StoreDamaged

__all__ = ["Following"]

LOG = logging.getLogger(__name__)

EACH_S = 1.0
"""How often a server that answers is asked."""

WAIT_MAX_S = 8.0
"""Longest wait before one that does not answer is asked again: its return is seen within it."""

LOOK_S = 1.0
"""How often it is looked whom we follow: the command changes it, too."""

SAVE_EACH_S = 10.0
"""How often what was heard is written."""


class _Last(msgspec.Struct, frozen=True, kw_only=True):
    """What was last heard of one server, and when by our wall clock."""

    heard: Heard
    at_ms: int


class Following:
    """The servers that are followed, and what they said.

    Parameters
    ----------
    folder
        Private folder of the server.
    site
        Our own site.
    """

    def __init__(self, folder: Path, site: str) -> None:
        self.peers = Peers(folder)
        self.site = site
        self.version = 0
        """Rises with everything that is new; ages go on besides."""
        self.trying = asyncio.Lock()
        """One trial at a time: nobody has this server ask through a network."""
        self._path = folder / "peers-heard.json"
        self._now: dict[str, Followed] = {}
        self._is_dirty = False
        self._load()

    def followed(self) -> tuple[Followed, ...]:
        """Return what is known of each server that is followed now, by site."""
        there = self.peers.everyone()
        return tuple(self._now.get(each.id) or Followed(peer=each) for each in there)

    def first(self, peer: Peer, heard: Heard) -> None:
        """Take the answer of a trial as the first of a server that was just kept."""
        self._hear(peer, heard)

    async def run(self) -> None:
        """Ask them all until cancelled."""
        tasks: dict[str, asyncio.Task[None]] = {}
        saved_s = time.monotonic()
        try:
            while True:
                self._look(tasks)
                if time.monotonic() - saved_s >= SAVE_EACH_S:
                    saved_s = time.monotonic()
                    self._save()
                await asyncio.sleep(LOOK_S)
        finally:
            for task in tasks.values():
                task.cancel()
            await asyncio.gather(*tasks.values(), return_exceptions=True)
            self._save()

    def _look(self, tasks: dict[str, "asyncio.Task[None]"]) -> None:
        """Begin with who is new, end with who is gone."""
        try:
            there = {each.id: each for each in self.peers.everyone()}
        except StoreDamaged as error:
            LOG.warning("%s", error)
            return
        for peer_id in [each for each in tasks if each not in there]:
            tasks.pop(peer_id).cancel()
            self._now.pop(peer_id, None)
            self.version += 1
            self._is_dirty = True
        for peer_id, peer in there.items():
            task = tasks.get(peer_id)
            if task is not None and task.done():
                LOG.error("following %s broke, and begins anew", peer.site, exc_info=_why(task))
                task = None
            if task is None:
                tasks[peer_id] = asyncio.create_task(self._follow(peer))

    async def _follow(self, peer: Peer) -> None:
        ear: Ear | None = None
        wait_s = EACH_S
        try:
            while True:
                try:
                    ear = ear or ear_of(peer)
                    heard = await hear(ear, peer.token)
                    if heard.site != peer.site:
                        raise PeerFault("site", f"it answers for {heard.site}")  # noqa: TRY301  # as below
                except PeerFault as fault:
                    self._miss(peer, fault)
                    wait_s = min(wait_s * 2, WAIT_MAX_S)
                else:
                    self._hear(peer, heard)
                    wait_s = EACH_S
                await asyncio.sleep(wait_s)
        finally:
            if ear is not None:
                await ear.close()

    def _hear(self, peer: Peer, heard: Heard) -> None:
        before = self._now.get(peer.id)
        self._now[peer.id] = Followed(
            peer=peer, heard=heard, at_ms=time.time_ns() // 1_000_000, at_s=time.monotonic()
        )
        if before is None or before.why or before.heard != heard:
            self.version += 1
        if before is not None and before.why:
            LOG.info("the server of %s is heard again", peer.site)
        self._is_dirty = True

    def _miss(self, peer: Peer, fault: PeerFault) -> None:
        before = self._now.get(peer.id) or Followed(peer=peer)
        if before.why != fault.why:
            LOG.warning("the server of %s is not heard: %s", peer.site, fault)
            self.version += 1
        self._now[peer.id] = msgspec.structs.replace(before, why=fault.why, text=fault.text)

    def _load(self) -> None:
        """Take what was heard before a restart, with the age that it has by the wall clock."""
        kept = read_private(self._path, dict[str, _Last]) or {}
        now_ms, now_s = time.time_ns() // 1_000_000, time.monotonic()
        for peer in self.peers.everyone():
            last = kept.get(peer.id)
            if last is not None and last.heard.site == peer.site:
                age_s = max(0, now_ms - last.at_ms) / 1000
                self._now[peer.id] = Followed(
                    peer=peer, heard=last.heard, at_ms=last.at_ms, at_s=now_s - age_s
                )

    def _save(self) -> None:
        if not self._is_dirty:
            return
        last = {
            each.peer.id: _Last(heard=each.heard, at_ms=each.at_ms)
            for each in self._now.values()
            if each.heard is not None
        }
        try:
            write_private(self._path, msgspec.json.encode(last))
        except OSError as error:
            LOG.warning("what other sites said cannot be kept: %s", error)
        else:
            self._is_dirty = False


def _why(task: "asyncio.Task[None]") -> BaseException | None:
    return None if task.cancelled() else task.exception()
