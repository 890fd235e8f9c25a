"""Bytes in, bytes out: what a transcript looks like outside.  No database, no network, no clock.

The XML is the original: ``content`` writes and reads the data, ``signing`` prepares and completes
signatures, ``verify`` judges a file and ``judge`` judges it again with other people's code.  The
PDF shows the XML, carries it inside and has the same legal value.
"""
