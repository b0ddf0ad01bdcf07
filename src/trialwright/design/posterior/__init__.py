"""What outcomes say about rates: exact laws and quadrature, nothing about doses to give."""
