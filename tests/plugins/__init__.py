"""Tests of the plugin loader."""
