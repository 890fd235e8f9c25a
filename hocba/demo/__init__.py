"""The demo: a whole school on one computer, driven over HTTP as a client would."""
