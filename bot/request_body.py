"""What a request brings, read no further than it may be long."""

from starlette.requests import Request


async def body_within(request: Request, most: int) -> bytes | None:
    """What was sent; None as soon as it is more than `most` bytes."""
    found = bytearray()
    async for chunk in request.stream():
        found += chunk
        if len(found) > most:
            return None
    return bytes(found)
