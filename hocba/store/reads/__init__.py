"""What screens read: one function per screen, plain frozen rows, a fixed number of statements.

Nothing here writes, and no row of the database leaves: the edges get dataclasses.  What a
person may see is part of each question (``hocba.store.reads.scope``), so that what he may not
see is simply not found.
"""
