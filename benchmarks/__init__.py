"""What things cost, beside the limit and beside other people's code: ``python -m benchmarks``.

One process, one document, interleaved rounds, medians of CPU time.  The limit is what the
mathematics costs (raw RSA with ``cryptography``); the peers are signxml, python-xmlsec and pyHanko,
used the way their documentation shows.  What a benchmark produces is judged once by programs that are
not ours (xmlsec, pdfsig), so that nothing is fast because it is wrong.
"""
