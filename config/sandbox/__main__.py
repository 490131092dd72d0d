"""``python -m config.sandbox``."""

from __future__ import annotations

import sys

from config.sandbox.runner import main

sys.exit(main())
