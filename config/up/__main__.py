"""Starts the parts, brings the database up to date, then starts the roles and keeps them alive."""

import asyncio
import fcntl
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from config.parts.children import PartFailed, end_with
from config.up.announce import announce
from config.up.leftovers import end_leftovers
from config.up.log import Log
from config.up.place import Place
from config.up.supervisor import Supervisor
from config.up.wiring import Wiring, wire


class AlreadyUp(Exception):
    """Another one works in this folder."""


def main() -> int:
    follow_make()
    place = Place.find()
    try:
        with only_one(place), Log(place.log) as log:
            end_leftovers(place, log)
            asyncio.run(run(wire(place), log))
    except (AlreadyUp, PartFailed) as refusal:
        print(refusal, file=sys.stderr)
        return 1
    except PermissionError as refusal:
        print(
            f"{refusal.filename} belongs to somebody else: start as that user, "
            "or name a folder of your own for the data by ROP_RUN_DIR.",
            file=sys.stderr,
        )
        return 1
    return 0


def follow_make() -> None:
    """`make up` passes a signal on, unless it is killed: then the kernel tells us."""
    if "MAKELEVEL" in os.environ:
        end_with(os.getppid(), signal.SIGTERM)


@contextmanager
def only_one(place: Place) -> Iterator[None]:
    """Holds a lock that the kernel lets go when we die."""
    place.make()
    with place.lock.open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyUp(
                f"AI-РОП is already up in this folder (pid {place.supervisor.read_text().strip()}); "
                f"its addresses are in {place.addresses}."
            ) from None
        place.supervisor.write_text(f"{os.getpid()}\n")
        yield


async def run(wiring: Wiring, log: Log) -> None:
    """Until a signal, or until the start fails."""
    supervisor = Supervisor(log=log, pids=wiring.place.pids)
    stop = _stop_signal()
    starting = asyncio.create_task(start(wiring, supervisor, log))
    try:
        await asyncio.wait([starting, stop], return_when=asyncio.FIRST_COMPLETED)
        if starting.done():
            starting.result()
            await stop
    finally:
        starting.cancel()
        log.say("up", "stopping")
        await supervisor.stop_all()
        log.say("up", "stopped")


async def start(wiring: Wiring, supervisor: Supervisor, log: Log) -> None:
    for part in wiring.parts:
        await asyncio.to_thread(part.prepare)
        await supervisor.start(part.role)
    for part in wiring.parts:
        await asyncio.to_thread(part.wait_ready, alive=supervisor.is_running(part.role))
    wiring.remember()
    # What a process does not find of them at its start it never looks for again.
    await supervisor.run_once(wiring.translations)
    wiring.place.bot_may_begin.unlink(missing_ok=True)
    await supervisor.start(wiring.bot)
    await supervisor.run_once(wiring.preparation)
    for role in (wiring.web, *wiring.workers):
        await supervisor.start(role)
    await asyncio.to_thread(wiring.wait_until_it_answers, alive=supervisor.is_running(wiring.web))
    await asyncio.to_thread(wiring.wait_for_a_sweep)
    wiring.place.bot_may_begin.touch()
    wiring.write_addresses()
    announce(wiring.addresses(), wiring.place, log)


def _stop_signal() -> "asyncio.Future[None]":
    loop = asyncio.get_running_loop()
    told: asyncio.Future[None] = loop.create_future()

    def tell() -> None:
        if not told.done():
            told.set_result(None)

    loop.add_signal_handler(signal.SIGINT, tell)
    loop.add_signal_handler(signal.SIGTERM, tell)
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # nohup
        loop.add_signal_handler(signal.SIGHUP, tell)
    return told


if __name__ == "__main__":
    sys.exit(main())
