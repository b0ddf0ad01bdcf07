"""Ways in: command line, HTTP API, web pages. Parse, call one service function, render."""
