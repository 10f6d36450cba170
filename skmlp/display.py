"""Pictures of a training."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import is_classifier
from sklearn.utils.validation import check_is_fitted

from skmlp._sklearn import check_matplotlib_support
from skmlp._trainable import Trainable

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D

# Two of Okabe and Ito's colours, which the colour-blind can tell apart.
TRAINING, VALIDATION = {"color": "#0072B2"}, {"color": "#D55E00"}
# From this ratio of the largest loss to the smallest on, the scale is logarithmic.
WIDE = 100


class TrainingCurveDisplay:
    """Loss and validation score over the epochs of a training.

    It is recommended to use :meth:`~skmlp.display.TrainingCurveDisplay.from_estimator`.  All
    parameters are stored as attributes.

    Parameters
    ----------
    loss : array-like of shape (n_epochs,)
        Training loss of every epoch.  In `history_` it has the L2 penalty, which `val_loss`
        has not.

    val_loss : array-like of shape (n_epochs,), default=None
        Validation loss.  NaN leaves a gap, here as everywhere.

    val_score : array-like of shape (n_epochs,), default=None
        Validation score.

    best_iter : int, default=None
        The epoch whose weights the model has, from 1 on.  With None or 0 none is marked.

    name : str, default=None
        Name of the model, the title above the losses where they have none yet.

    score_name : str, default='score'
        Name of the score in the label of its axis.

    unit : str, default='epoch'
        What is counted on the horizontal axis; 'iteration' for L-BFGS.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Axes with the losses.

    score_ax_ : matplotlib Axes or None
        Axes with the validation score; None if it is not drawn.

    figure_ : matplotlib Figure
        Figure with the losses.

    lines_ : dict of str to matplotlib Line2D
        The curves that are drawn, of 'loss', 'val_loss' and 'val_score'.

    best_iter_lines_ : list of matplotlib Line2D
        The vertical line at `best_iter` in each of the axes.

    See Also
    --------
    skmlp.MLPClassifier : Has the attributes `history_` and `best_iter_`.
    skmlp.MLPRegressor : Has them as well.
    sklearn.model_selection.LearningCurveDisplay : Scores over the number of samples.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from sklearn.datasets import load_iris
    >>> from skmlp import MLPClassifier
    >>> from skmlp.display import TrainingCurveDisplay
    >>> X, y = load_iris(return_X_y=True)
    >>> clf = MLPClassifier(early_stopping=True, random_state=0).fit(X, y)
    >>> display = TrainingCurveDisplay.from_estimator(clf)
    >>> display.ax_.set_yscale("log")
    >>> plt.show()  # doctest: +SKIP
    """

    def __init__(
        self,
        *,
        loss: ArrayLike,
        val_loss: ArrayLike | None = None,
        val_score: ArrayLike | None = None,
        best_iter: int | None = None,
        name: str | None = None,
        score_name: str = "score",
        unit: str = "epoch",
    ) -> None:
        self.loss = loss
        self.val_loss = val_loss
        self.val_score = val_score
        self.best_iter = best_iter
        self.name = name
        self.score_name = score_name
        self.unit = unit

    @classmethod
    def from_estimator(
        cls,
        estimator: Trainable,
        *,
        ax: Axes | None = None,
        score_ax: Axes | None = None,
        name: str | None = None,
        score_name: str | None = None,
        train_kwargs: dict[str, Any] | None = None,
        validation_kwargs: dict[str, Any] | None = None,
        score_kwargs: dict[str, Any] | None = None,
        best_iter_kwargs: dict[str, Any] | None = None,
    ) -> Self:
        """Draw the training of a fitted estimator.

        Parameters
        ----------
        estimator : MLPClassifier or MLPRegressor
            Fitted, by skmlp.  Of a pipeline pass ``pipeline[-1]``, of a search
            ``search.best_estimator_``.

        ax : matplotlib Axes, default=None
            Axes to draw the losses on.  With None a new figure is made, with a panel below
            for the validation score if there is one.

        score_ax : matplotlib Axes, default=None
            Axes to draw the validation score on.  Where only `ax` is given, the score is not
            drawn.

        name : str, default=None
            Name of the model, the title of axes that have none yet; None stands for that of
            the class.

        score_name : str, default=None
            Name of the score; None stands for that of the estimator's scoring.

        train_kwargs : dict, default=None
            Keyword arguments of matplotlib's `plot` for the training loss.

        validation_kwargs : dict, default=None
            The same for the validation loss.

        score_kwargs : dict, default=None
            The same for the validation score.

        best_iter_kwargs : dict, default=None
            Keyword arguments of matplotlib's `axvline` for the epoch whose weights the
            estimator has.

        Returns
        -------
        display : TrainingCurveDisplay
            It has been drawn.

        Raises
        ------
        TypeError
            If the estimator is not one of skmlp's.

        NotFittedError
            If it is not fitted.

        Notes
        -----
        With ``scoring="loss"`` the score is the validation loss with its sign changed, and is
        not drawn again.
        """
        if not isinstance(estimator, Trainable):
            raise TypeError(
                f"{cls.__name__} needs a fitted estimator of skmlp, got {type(estimator)}. Of "
                "a pipeline pass `pipeline[-1]`, of a search `search.best_estimator_`."
            )
        check_is_fitted(estimator, "history_")
        history = estimator.history_
        val_loss, val_score = history.get("val_loss"), history.get("val_score")
        if val_loss is not None and np.array_equal(val_score, -val_loss, equal_nan=True):
            val_score = None
        display = cls(
            loss=history["loss"],
            val_loss=val_loss,
            val_score=val_score,
            best_iter=getattr(estimator, "best_iter_", None),
            name=type(estimator).__name__ if name is None else name,
            score_name=_score_name(estimator) if score_name is None else score_name,
            unit="epoch" if "learning_rate" in history else "iteration",
        )
        return display.plot(
            ax=ax,
            score_ax=score_ax,
            train_kwargs=train_kwargs,
            validation_kwargs=validation_kwargs,
            score_kwargs=score_kwargs,
            best_iter_kwargs=best_iter_kwargs,
        )

    def plot(
        self,
        ax: Axes | None = None,
        *,
        score_ax: Axes | None = None,
        name: str | None = None,
        train_kwargs: dict[str, Any] | None = None,
        validation_kwargs: dict[str, Any] | None = None,
        score_kwargs: dict[str, Any] | None = None,
        best_iter_kwargs: dict[str, Any] | None = None,
    ) -> Self:
        """Draw the curves.

        The scale of the losses is logarithmic where they are positive and the largest is a
        hundred times the smallest or more; ``display.ax_.set_yscale`` changes it.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Axes to draw the losses on.  With None a new figure is made, with a panel below
            for the validation score if there is one.

        score_ax : matplotlib Axes, default=None
            Axes to draw the validation score on.  Where only `ax` is given, the score is not
            drawn.

        name : str, default=None
            Name of the model, the title of axes that have none yet; None stands for the
            attribute.

        train_kwargs : dict, default=None
            Keyword arguments of matplotlib's `plot` for the training loss.

        validation_kwargs : dict, default=None
            The same for the validation loss.

        score_kwargs : dict, default=None
            The same for the validation score.

        best_iter_kwargs : dict, default=None
            Keyword arguments of matplotlib's `axvline` for the epoch whose weights the
            estimator has.

        Returns
        -------
        self : TrainingCurveDisplay
            The display, with the attributes of the drawing.
        """
        check_matplotlib_support(f"{type(self).__name__}.plot")
        self.ax_, self.score_ax_ = self._axes(ax, score_ax)
        self.figure_ = self.ax_.figure
        self.lines_: dict[str, Line2D] = {}
        self._curve("loss", self.ax_, {**TRAINING, "label": "Training"}, train_kwargs)
        validation = {**VALIDATION, "label": "Validation"}
        self._curve("val_loss", self.ax_, validation, validation_kwargs)
        self._curve("val_score", self.score_ax_, validation, score_kwargs)
        self._mark_best_iter(best_iter_kwargs)
        self._label(self.name if name is None else name)
        return self

    def _axes(self, ax, score_ax):
        """The axes of the losses, and of the score or None."""
        import matplotlib.pyplot as plt

        if self.val_score is None:
            score_ax = None
        if ax is not None:
            return ax, score_ax
        if self.val_score is None or score_ax is not None:
            return plt.subplots(layout="constrained")[1], score_ax
        return plt.subplots(2, 1, sharex=True, height_ratios=(2, 1), layout="constrained")[1]

    def _curve(self, key, ax, defaults, kwargs):
        values = getattr(self, key)
        if values is None or ax is None:
            return
        epochs = np.arange(1, len(values) + 1)
        if "marker" not in (kwargs or {}):
            defaults = {**defaults, **_dots(values)}
        kwargs = _with_defaults(defaults, kwargs)
        (self.lines_[key],) = ax.plot(epochs, values, **kwargs)

    def _mark_best_iter(self, kwargs):
        """A vertical line in each of the axes, and a dot on each of the curves."""
        self.best_iter_lines_ = []
        if not self.best_iter:
            return
        label = f"Fitted model ({self.unit} {self.best_iter})"
        defaults = {
            "color": "0.4",
            "linestyle": "--",
            "linewidth": 1,
            "zorder": 1,
            "label": label,
        }
        kwargs = _with_defaults(defaults, kwargs)
        for ax in dict.fromkeys(line.axes for line in self.lines_.values()):
            self.best_iter_lines_.append(ax.axvline(self.best_iter, **kwargs))
        for line in self.lines_.values():
            line.axes.plot(
                self.best_iter,
                line.get_ydata()[self.best_iter - 1],
                marker="o",
                color=line.get_color(),
                markeredgecolor="white",
                zorder=3,
            )

    def _label(self, name):
        """Scale, title, labels and legend."""
        from matplotlib.ticker import MaxNLocator

        ax = self.ax_
        if _is_wide(self.loss, self.val_loss):
            ax.set_yscale("log")
        if name and not ax.get_title():
            ax.set_title(name)
        ax.set_ylabel("Loss")
        ax.legend()
        if self.score_ax_ is not None:
            self.score_ax_.set_ylabel(f"Validation\n{self.score_name}")
        for axes in dict.fromkeys(line.axes for line in self.lines_.values()):
            # Without labels of the ticks it shares its epochs with the axes below.
            if axes.xaxis.get_tick_params().get("labelbottom", True):
                axes.set_xlabel(self.unit.capitalize())
            axes.xaxis.set_major_locator(
                MaxNLocator("auto", integer=True, steps=[1, 2, 5, 10], min_n_ticks=1)
            )


def _score_name(estimator):
    scoring = getattr(estimator, "scoring", None)
    if scoring is None:
        return "accuracy" if is_classifier(estimator) else "$R^2$"
    if isinstance(scoring, str):
        return scoring.replace("neg_", "negative ").replace("_", " ")
    return getattr(scoring, "__name__", "score")


def _with_defaults(defaults, kwargs):
    from matplotlib.cbook import normalize_kwargs
    from matplotlib.lines import Line2D

    return {**defaults, **normalize_kwargs(kwargs, Line2D)}


def _dots(values):
    """Style that shows values without neighbours, which a line leaves out."""
    finite = np.pad(np.isfinite(values), 1)
    alone = finite[1:-1] & ~finite[:-2] & ~finite[2:]
    marks = {"marker": "o", "markersize": 4, "markevery": np.flatnonzero(alone)}
    return marks if alone.any() else {}


def _is_wide(*losses):
    """Whether the losses are positive and span decades."""
    values = np.concatenate([loss for loss in losses if loss is not None])
    values = values[np.isfinite(values)]
    return values.size > 0 and values.min() > 0 and values.max() >= WIDE * values.min()
