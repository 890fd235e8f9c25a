"""Other people's code doing the same work on the same document, used as its documentation shows."""
