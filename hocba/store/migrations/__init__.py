"""How the tables came to be: one set of migrations for SQLite and PostgreSQL.

``hocba migrate`` applies what is missing, in one transaction; ``hocba.database.migrate`` says how.
``0001_initial`` is made from the models, and so is every later change of them::

    python -m hocba.store.migrations             # after a change of the models: the next migration
    python -m hocba.store.migrations --initial   # before the first release: 0001_initial anew

What Tortoise does not carry over is written by hand (``0002_guards``): triggers and partial unique indexes.  A test
compares a migrated database with the models, on both kinds.
"""
