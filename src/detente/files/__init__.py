"""Any delimited file, plain or packed, as named columns of text; what is read here means nothing yet."""
