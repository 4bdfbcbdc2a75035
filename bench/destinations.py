"""How much of what a vendor's published limit allows a sync of records reaches, against the vendor's stand-in. See README.md."""

import argparse
import json
import math
import os
import shutil
import statistics
import subprocess
import tempfile
from pathlib import Path

from speed import PASSWORD, Postgres, run

#: Share of what the limit allows, at least.
AT_LEAST = 0.95
TOKEN = "pat-eu1-0a1b2c3d-4e5f-6789-abcd-ef0123456789"


class Account:
    """HubSpot's stand-in; see hubspot_account.rs."""

    WINDOW = 10

    def __init__(self, program, requests, takes):
        self.allowed = requests
        self.process = subprocess.Popen([program, str(requests), str(takes)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.url = f"http://127.0.0.1:{self.process.stdout.readline().strip()}"

    def end(self):
        """What came."""
        output, _ = self.process.communicate()
        return json.loads(output)

    def least(self, requests):
        """The least time in which the limit lets so many requests through: whole windows, and the rest at once."""
        return (math.ceil(requests / self.allowed) - 1) * self.WINDOW


class Desk:
    """A data folder with one sync, from the view `leads` to contacts."""

    def __init__(self, program, folder, postgres, url):
        self.program = program
        self.env = {"SLUICE_HOME": str(folder), "SLUICE_SECRET_SHOP_PASSWORD": PASSWORD, "SLUICE_SECRET_CRM_TOKEN": TOKEN}
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        workspace = folder / "workspace.yaml"
        workspace.write_text(f"""version: 1
connections:
  shop:
    kind: postgres
    settings: {{ host: 127.0.0.1, port: {postgres.port}, database: postgres, user: postgres, tls: disable }}
  crm:
    kind: hubspot
    settings: {{ url: "{url}" }}
syncs:
  leads:
    from: shop
    table: public.leads
    key: lead_id
    to: crm
    object: contacts
    match: lead_id
    mode: upsert
    fields: all
    schedule: manual
""")
        run([program, "apply", workspace], self.env)

    def sync(self):
        return run([self.program, "sync", "leads", "--json"], self.env)


def hubspot(arguments, postgres, folder):
    """A first full sync of a little more than so many windows' requests: each hundred records are read and written."""
    for allowed in arguments.allowed:
        for takes in arguments.takes:
            batches = arguments.windows * allowed // 2
            postgres.show(f"(select lead_id, email, lead_score, company from all_leads where lead_id <= {batches * 100}) t")
            shares, speeds = [], []
            for _ in range(arguments.rounds):
                account = Account(arguments.account, allowed, takes)
                desk = Desk(arguments.sluice, folder / "home", postgres, account.url)
                ran = desk.sync()
                came = account.end()
                assert came["records"] == batches * 100 and came["writes"] == batches, came
                assert came["refused"] == 0 and came["most"] <= allowed, f"over the limit: {came}"
                shares.append(account.least(came["requests"]) / ran.seconds)
                speeds.append(came["records"] / ran.seconds)
                print(f"    {came} in {ran.seconds:.1f} s", flush=True)
            share = statistics.median(shares)
            met = "yes" if share >= AT_LEAST else "NO"
            most = account.allowed / Account.WINDOW * 50
            print(
                f"| {allowed} requests in 10 s | {takes} ms | {share:.1%} ({min(shares):.1%}–{max(shares):.1%}) | "
                f"{statistics.median(speeds):.0f} of {most:.0f} records/s | {met} |",
                flush=True,
            )


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for program in ("sluice", "account"):
        parser.add_argument(f"--{program}", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--windows", type=int, default=6, help="windows of ten seconds that a round fills")
    parser.add_argument("--allowed", type=int, nargs="+", default=[100, 190], help="requests in ten seconds")
    parser.add_argument("--takes", type=int, nargs="+", default=[0, 300], help="milliseconds an answer takes")
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="sluice-bench-"))
    os.chmod(folder, 0o755)
    postgres = Postgres(folder / "postgres")
    try:
        postgres.make_table("all_leads", 100 * arguments.windows * max(arguments.allowed))
        print("| limit | an answer takes | of what it allows | as fast as | met |\n|---|---|---|---|---|")
        hubspot(arguments, postgres, folder)
    finally:
        postgres.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
