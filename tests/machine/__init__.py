"""What the machine believes of small programs, mechanism by mechanism.

Each Markdown file below has several cases: a title (`## ...`) and a program, with what is believed written beside the
code. Nothing here runs TensorFlow. `cases.py` says what may be written; `python -m tests.machine FILE...` fills in
question marks.
"""
