"""The place of the CV 2088 portal client and its mock server.  It registers nothing yet."""

HOCBA_API = 1
