"""Remote signing by CSC v1."""
HOCBA_API = 1
