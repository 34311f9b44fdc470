"""`python -m singer`: the command line."""

import sys

from singer.cli import main

sys.exit(main())
