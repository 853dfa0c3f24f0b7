"""The actions that write the signals of a stack."""

from gui.action import EXPORT_MENU, Action

SIGNALS = tuple(
    Action(f"export_{what}", text, "signals", f"{EXPORT_MENU}/Signals", "export", tip=tip)
    for what, text, tip in (
        ("signals_png", "Picture as PNG...", "Write the signals of all layers as a picture"),
        ("signals_svg", "Picture as SVG...", "Write the signals of all layers as a drawing"),
        ("signals_csv", "Statistics as CSV...", "Write the statistics of all layers' signals"),
        (
            "signal_histograms_csv",
            "Histograms as CSV...",
            "Write the counts of the bins of all layers' signals",
        ),
    )
)
