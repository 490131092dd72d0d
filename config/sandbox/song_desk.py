"""Where songs are registered with the stand-ins: ``/sandbox/songs``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.sandbox.catalogue import BuiltInError
from config.sandbox.messages import Reply, Request, json_reply
from config.sandbox.registration import registration

if TYPE_CHECKING:
    from config.sandbox.catalogue import Catalogue

PATH = "/sandbox/songs"
MOST_LISTED = 1000


def song_desk(catalogue: Catalogue, request: Request) -> Reply:
    """Register (PUT), list (GET ``?after=&limit=``) or delete (DELETE, one or all)."""
    song_id = request.path.removeprefix(PATH).strip("/")
    match request.method:
        case "PUT" if not song_id:
            return _register(catalogue, request)
        case "GET" if not song_id:
            return _list(catalogue, request)
        case "DELETE":
            gone = catalogue.forget(song_id)
            if song_id and not gone:
                return json_reply(404, {"error": f"no song {song_id} was registered"})
            return json_reply(200, {"deleted": gone})
    return json_reply(405, {"error": f"no {request.method} of {request.path}"})


def _register(catalogue: Catalogue, request: Request) -> Reply:
    try:
        registered = registration(request.json())
        changed = catalogue.register(registered)
    except BuiltInError as error:
        return json_reply(409, {"error": str(error)})
    except ValueError as error:
        return json_reply(400, {"error": str(error)})
    songs = [
        {"id": song["id"], "isrc": song["isrc"], "album_id": song["album_id"]}
        for song in registered.songs
    ]
    return json_reply(200, {"registered": len(songs), "changed": changed, "songs": songs})


def _list(catalogue: Catalogue, request: Request) -> Reply:
    query = request.query
    limit = query.get("limit", "100")
    if not limit.isdecimal() or not 0 < int(limit) <= MOST_LISTED:
        return json_reply(400, {"error": f"limit is from 1 to {MOST_LISTED}"})
    songs = catalogue.listing(after=query.get("after", ""), limit=int(limit))
    following = songs[-1]["id"] if len(songs) == int(limit) else ""
    return json_reply(200, {"songs": songs, "next_after": following})
