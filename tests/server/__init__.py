"""Tests of what a server is set up with: settings, secrets, the way out."""
