"""The house rules: pure functions `rule(tree) -> list[Finding]` over a folder of files.

What it hides: how files are listed, parsed and measured.
Verbs: `Tree` reads a folder, a rule judges it, `RULES` are all rules that read files only,
`surface_findings` judges what only the running package tells (commands, codes, records).

    python3 tools/task.py house            prints file:line: rule: what
    python3 tools/task.py house --tighten  lowers the ratchet to what is measured
"""
