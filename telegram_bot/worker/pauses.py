"""Waiting that ends early: whoever is asked to stop stops at once, not at the end of a pause."""

import asyncio


async def pause(seconds: float, *until: asyncio.Event) -> None:
    """Wait until one of these is set, at most so long."""
    waiting = [asyncio.ensure_future(event.wait()) for event in until]
    try:
        await asyncio.wait(waiting, timeout=max(0.0, seconds), return_when=asyncio.FIRST_COMPLETED)
    finally:
        for one in waiting:
            one.cancel()
