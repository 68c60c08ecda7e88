"""A file a format, whose function `render` turns a document into text or bytes; see `detente.report.FORMATS`."""
