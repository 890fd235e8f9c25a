"""Server half."""
HOCBA_API = 1
