"""Watchlists: bans, alerts, visas and permits, and the index that finds a person in them."""
