"""The actions that concern the weights."""

from gui.action import EXPORT_MENU, Action

_EXPORTING = f"{EXPORT_MENU}/Weights in the plot"

WEIGHTS = (
    *(
        Action(
            f"show_{view}",
            text,
            "weights",
            "View/Weights",
            "histogram",
            (f"Alt+{key}",),
            tip,
            section=2,
        )
        for key, (view, text, tip) in enumerate(
            (
                ("histogram", "Histogram", "Show the histograms of the selected variables"),
                ("statistics", "Statistics", "Show statistics beside the expected ones"),
                ("heat_map", "Heat map", "Show a variable as a matrix in colours"),
                ("filters", "Filters", "Show the filters of a convolution as small pictures"),
                ("values", "Values", "Show a variable's values as a table"),
            ),
            start=1,
        )
    ),
    Action(
        "set_bins",
        "Number of bins",
        "weights",
        "View/Weights",
        "histogram",
        tip="Go to the number of bins of the histograms",
        section=3,
    ),
    Action(
        "stack_histograms",
        "Stacked histograms",
        "weights",
        "View/Weights",
        "histogram",
        tip="Draw the histograms below each other, or over each other",
        section=3,
    ),
    Action(
        "log_counts",
        "Logarithmic counts",
        "weights",
        "View/Weights",
        "histogram",
        tip="Put the counts of the histograms on a logarithmic axis, or on an even one",
        section=3,
    ),
    Action(
        "plot_both",
        "Plot both constructions",
        "weights",
        "View/Weights",
        "compare",
        tip="Show the variable as tf.layers and as get_variable make it, in one plot",
        section=4,
    ),
    *(
        Action(f"export_{what}", text, "weights", _EXPORTING, "export", tip=tip)
        for what, text, tip in (
            ("plot_png", "Picture as PNG...", "Write the view of the weights as a picture"),
            ("plot_svg", "Picture as SVG...", "Write the view of the weights as a drawing"),
            (
                "histogram_csv",
                "Histogram as CSV...",
                "Write the counts of the bins, with those expected",
            ),
            ("values_csv", "Values as CSV...", "Write the variable's values with their indices"),
            ("values_npy", "Values as .npy...", "Write the variable's values for numpy.load"),
        )
    ),
)
