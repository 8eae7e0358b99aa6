"""`make bench`: measure everything, one after the other."""

import sys

from benchmarks import push

if __name__ == "__main__":
    push.main(*sys.argv[1:])
