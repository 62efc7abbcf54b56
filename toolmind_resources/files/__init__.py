"""Files of the local disk: found by path, folder or glob, and read with a limit on their size."""
