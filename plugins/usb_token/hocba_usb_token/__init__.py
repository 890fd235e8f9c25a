"""Signing with a USB token.  ``server`` is the server half, ``agent`` what runs on the teacher's computer."""
