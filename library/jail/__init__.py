"""Untrusted audio is decoded here, in a child process that can reach nothing.

``sniff`` decides by content what a file is, ``audio`` runs the child and reads what it decoded,
``child`` is the program inside, ``doors`` closes the system calls behind it.
"""
