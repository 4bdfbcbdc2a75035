"""Judges JSON by the schemas of HubSpot's contract: one `{"schema": …, "instance": …}` a line in, `ok` or why not out."""

import json
import pathlib
import sys

from jsonschema import Draft202012Validator

folder = pathlib.Path(sys.argv[1])
for line in sys.stdin:
    case = json.loads(line)
    schema = json.loads((folder / case["schema"]).read_text())
    wrong = next(Draft202012Validator(schema).iter_errors(case["instance"]), None)
    print("ok" if wrong is None else f"{wrong.json_path}: {wrong.message[:200]}")
