"""Every picture the server makes: shared shaders in a GL worker, numpy beside it."""
