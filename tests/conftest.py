"""What holds for all tests: Qt without a screen, and hypothesis that repeats itself."""

import os

from hypothesis import HealthCheck, settings

# Before anything makes a QApplication, unless the caller wants to watch.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# WORKAROUND: TensorFlow 2.21's oneDNN kernels corrupt memory when small convolutions of odd shapes
# and their gradients are run one after the other: 3 of 5 runs of the twins' tests ended in a native
# crash, none of 4 without them. What needs these kernels (channels first) is then built, not run.
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

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
