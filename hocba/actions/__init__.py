"""Use cases.  One async function each: load facts, ask the rules, write, call out.

The only place where the rules, the database, the documents and the plugins meet.
"""
