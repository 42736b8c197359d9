"""Watchlists: bans, alerts, visas and permits, and the index that finds a person in them."""

from tjdocs.watchlists.watchlist_entry import Entry
from tjdocs.watchlists.watchlists import Match, PersonQuery, Watchlists

__all__ = [
    "Entry",
    "Match",
    "PersonQuery",
    "Watchlists",
]
