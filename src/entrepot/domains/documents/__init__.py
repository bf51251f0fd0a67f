"""Documents: files and generated papers.

Owns: files addressed by their content, generated PDFs, retention class.
Does not own: what a paper says (declarations, finance).
Invariants: a stored file never changes; its id is the SHA-256 of its plain bytes; what may name a person lies encrypted.
"""
