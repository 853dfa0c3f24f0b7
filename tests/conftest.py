"""What holds for all tests: Qt without a screen, and hypothesis that repeats itself."""

import os

from hypothesis import HealthCheck, settings

# Before anything makes a QApplication, unless the caller wants to watch.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# "ci" tries the same examples every time; "thorough" looks for new ones.
# Building graphs is slow by hypothesis' measure, so neither minds the time.
settings.register_profile(
    "ci",
    deadline=None,
    derandomize=True,
    max_examples=40,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "thorough",
    deadline=None,
    max_examples=2000,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))
