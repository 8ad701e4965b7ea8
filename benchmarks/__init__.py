"""Speed, measured against floors: ``make bench``, or ``python -m benchmarks S1 S3`` for some of it."""
