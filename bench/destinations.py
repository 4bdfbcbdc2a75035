"""How much of what a vendor's published limit allows a sync of records reaches, against the vendor's stand-in. See README.md."""

import argparse
import json
import math
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from speed import PASSWORD, Postgres, run

#: Share of what the limit allows, at least.
AT_LEAST = 0.95


class StandIn:
    """A vendor's stand-in: says its port, and what came once its standard input ends."""

    def __init__(self, program, *arguments):
        command = [str(part) for part in (program, *arguments)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.url = f"http://127.0.0.1:{self.process.stdout.readline().strip()}"

    def came(self):
        """Ends it, and tells what came."""
        output, _ = self.process.communicate()
        return json.loads(output)


class Desk:
    """A data folder with one sync of records, from the view `leads`."""

    def __init__(self, program, folder, postgres, to, secrets, shape):
        self.program = program
        self.env = {"SLUICE_HOME": str(folder), "SLUICE_SECRET_SHOP_PASSWORD": PASSWORD, **secrets}
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        workspace = folder / "workspace.yaml"
        workspace.write_text(f"""version: 1
connections:
  shop:
    kind: postgres
    settings: {{ host: 127.0.0.1, port: {postgres.port}, database: postgres, user: postgres, tls: disable }}
  crm: {to}
syncs:
  leads:
    from: shop
    table: public.leads
    to: crm
    {shape}
    mode: upsert
    schedule: manual
""")
        run([program, "apply", workspace], self.env)

    def sync(self):
        return run([self.program, "sync", "leads", "--json"], self.env)


class Hubspot:
    """So many requests in ten seconds; each hundred records are read and written. A round is a little more than whole windows."""

    WINDOW = 10

    def __init__(self, arguments, allowed, takes):
        self.program, self.allowed, self.takes = arguments.hubspot, allowed, takes
        self.label = f"HubSpot, {allowed} requests in 10 s, an answer takes {takes} ms"
        self.records = arguments.windows * allowed // 2 * 100
        self.view = f"(select lead_id, email, lead_score, company from all_leads where lead_id <= {self.records}) t"
        self.speed = allowed / self.WINDOW * 50

    def stand_in(self):
        return StandIn(self.program, self.allowed, self.takes)

    def desk(self, sluice, folder, postgres, url):
        secrets = {"SLUICE_SECRET_CRM_TOKEN": "pat-eu1-0a1b2c3d-4e5f-6789-abcd-ef0123456789"}
        to = f'{{ kind: hubspot, settings: {{ url: "{url}" }} }}'
        return Desk(sluice, folder, postgres, to, secrets, "key: lead_id\n    object: contacts\n    match: lead_id")

    def least(self, came):
        """The least seconds in which the limit lets what came through: whole windows, and the rest at once."""
        assert came["records"] == self.records and came["writes"] == self.records // 100, came
        assert came["refused"] == 0 and came["most"] <= self.allowed, f"over the limit: {came}"
        return (math.ceil(came["requests"] / self.allowed) - 1) * self.WINDOW


class Salesforce:
    """15,000 batches of 10,000 records a day, which the stand-in works off evenly."""

    IN_A_SECOND = 15_000 * 10_000 / 86_400

    def __init__(self, arguments):
        self.program, self.records, self.speed = arguments.salesforce, arguments.bulk, self.IN_A_SECOND
        self.label = "Salesforce, jobs: 15,000 batches of 10,000 records a day"
        columns = """lead_id::text as "Ext__c", 'Lead ' || lead_id as "LastName", company as "Company", email as "Email" """
        self.view = f"(select {columns} from all_leads where lead_id <= {self.records}) t"

    def stand_in(self):
        return StandIn(self.program, self.IN_A_SECOND)

    def desk(self, sluice, folder, postgres, url):
        secrets = {"SLUICE_SECRET_CRM_CLIENT_SECRET": "CONSUMER_SECRET"}
        to = f'{{ kind: salesforce, settings: {{ auth: client_credentials, instance_url: "{url}", client_id: CONSUMER_KEY }} }}'
        return Desk(sluice, folder, postgres, to, secrets, "key: Ext__c\n    object: Lead\n    match: Ext__c")

    def least(self, came):
        """The least seconds in which the batches that were used are worked off."""
        assert came["records"] == self.records and came["refused"] == 0, came
        # A batch that is not full uses up as much of the day's allowance as one that is.
        return came["records"] / self.IN_A_SECOND * (came["records"] / (came["batches"] * 10_000))


def measure(bench, arguments, postgres, folder):
    postgres.show(bench.view)
    shares, speeds = [], []
    for _ in range(arguments.rounds):
        stand_in = bench.stand_in()
        ran = bench.desk(arguments.sluice, folder / f"home-{os.getpid()}", postgres, stand_in.url).sync()
        came = stand_in.came()
        shares.append(bench.least(came) / ran.seconds)
        speeds.append(came["records"] / ran.seconds)
        print(f"    {came} in {ran.seconds:.1f} s, load {os.getloadavg()[0]:.1f}", flush=True)
    share = statistics.median(shares)
    met = "yes" if share >= AT_LEAST else "NO"
    spread = f"{share:.1%} ({min(shares):.1%}–{max(shares):.1%})"
    print(f"| {bench.label} | {spread} | {statistics.median(speeds):.0f} of {bench.speed:.0f} records/s | {met} |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for program in ("sluice", "hubspot", "salesforce"):
        parser.add_argument(f"--{program}", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", choices=("hubspot", "salesforce"), nargs="+", default=["hubspot", "salesforce"])
    parser.add_argument("--windows", type=int, default=6, help="HubSpot: windows of ten seconds that a round fills")
    parser.add_argument("--allowed", type=int, nargs="+", default=[100, 190], help="HubSpot: requests in ten seconds")
    parser.add_argument("--takes", type=int, nargs="+", default=[0, 300], help="HubSpot: milliseconds an answer takes")
    parser.add_argument("--bulk", type=int, default=200_000, help="Salesforce: records of a round")
    arguments = parser.parse_args()
    benches = []
    if "hubspot" in arguments.only:
        benches += [Hubspot(arguments, allowed, takes) for allowed in arguments.allowed for takes in arguments.takes]
    if "salesforce" in arguments.only:
        benches.append(Salesforce(arguments))
    # Ended from outside, it still ends its server and removes its folder.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))
    folder = Path(tempfile.mkdtemp(prefix="sluice-bench-"))
    os.chmod(folder, 0o755)
    postgres = Postgres(folder / "postgres")
    try:
        postgres.make_table("all_leads", max(bench.records for bench in benches))
        print("| limit | of what it allows | as fast as | met |\n|---|---|---|---|")
        for bench in benches:
            measure(bench, arguments, postgres, folder)
    finally:
        postgres.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
