"""Makes bqemulator start and last: run once with its own Python, with the folder it is in."""

import os
import shutil
import sys
import sysconfig

import duckdb
import duckdb_extension_spatial as spatial

# Without network it can not fetch DuckDB's `spatial`, which comes as a package for this very version. DuckDB looks for it
# below the home folder, for which the tests name this one.
version = f"v{duckdb.__version__}"
platform = duckdb.connect().execute("pragma platform").fetchone()[0]
folder = os.path.join(sys.argv[1], ".duckdb", "extensions", version, platform)
os.makedirs(folder, exist_ok=True)
shutil.copy(os.path.join(os.path.dirname(spatial.__file__), "extensions", version, "spatial.duckdb_extension"), folder)

# A stream that is dropped keeps a thread of grpc's for ever: a few of them, and the next call would hang.
MORE_THREADS = """\
import concurrent.futures as futures

begin = futures.ThreadPoolExecutor.__init__


def more(self, max_workers=None, *others, **named):
    begin(self, max_workers or 1000, *others, **named)


futures.ThreadPoolExecutor.__init__ = more
"""
with open(os.path.join(sysconfig.get_path("purelib"), "sitecustomize.py"), "w") as file:
    file.write(MORE_THREADS)

# Its two servers share one connection to DuckDB, where a query of one is answered with the rows of the other's now and
# then. A read of the Storage API, which comes in a thread, gets a connection of its own.
APART = """

_together = DuckDBEngine.fetch_arrow


def _apart(self, sql, parameters=None):
    import copy
    import threading

    if threading.current_thread() is threading.main_thread():
        return _together(self, sql, parameters)
    own = copy.copy(self)
    own._connection = self.connection.cursor()
    own._apply_session_pragmas()
    return _together(own, sql, parameters)


DuckDBEngine.fetch_arrow = _apart
"""
with open(os.path.join(sysconfig.get_path("purelib"), "bqemulator", "storage", "engine.py"), "a") as file:
    file.write(APART)
