"""The list of attacks, each with the answer that it gets; against the real application, over a port.

=====================  ======================================================================
``test_cost``          operations and variables that are made to keep the server busy
``test_transport``     what comes over HTTP and is no request; other sites; headers
``test_sockets``       what comes over a WebSocket and is no message of the protocol
``test_rates``         too much of what would be fine
``test_rights``        other people's objects, and what one may not see or write
``test_canaries``      secrets typed into the wrong places
``test_data``          names with control characters, file names, paths
``test_any_operation`` operations that chance makes from the schema
=====================  ======================================================================

Elsewhere: every operation by a stranger and by another school's people (``tests/schema/test_policy``),
documents (``tests/documents/test_attacks_*``, ``test_seal_attacks``), workbooks
(``tests/documents/test_workbook_attacks``), calls to outside (``tests/server/test_outbound``), guesses
of passwords and codes (``tests/actions``), bugs of ours (``tests/web/test_masked``).
"""
