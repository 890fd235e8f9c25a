"""The place of the conformance kit that vendors will run against their plugins.  Nothing is in it yet."""
