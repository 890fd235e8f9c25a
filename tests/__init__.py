"""The tests of hocba."""
