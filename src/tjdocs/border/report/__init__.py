"""The verdict in words: sentences, details and the HTML report."""
