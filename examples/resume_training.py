"""A training that survives being killed: it goes on from the last epoch that was saved.

Run it with ``python examples/resume_training.py FILE``, kill it (Ctrl+C, ``kill -9``) and run
it again.  However often it is killed, the weights at the end are those of a training in one
go.  Without being killed it takes a few seconds.
"""

import argparse
import os
import pickle
import zlib
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

from skmlp import MLPClassifier


def save(checkpoint, path):
    """Write a file all or not at all: whoever reads it finds the old one or the new one.

    The new one is written beside the old one, as only within a folder does `os.replace` take
    its place in one go, and has reached the disk before it does.
    """
    unfinished = path.with_name(path.name + ".unfinished")
    with unfinished.open("wb") as file:
        pickle.dump(checkpoint, file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(unfinished, path)


def load(path):
    """What has been saved, or a beginning."""
    if path.exists():
        return pickle.loads(path.read_bytes())
    # A RandomState is saved with the model, so that every epoch has an order of its own; a
    # number would give all of them the same.
    model = MLPClassifier(
        (50,),
        learning_rate="cosine",
        learning_rate_init=0.01,
        dropout=0.1,
        random_state=np.random.RandomState(0),
    )
    return {"epochs": 0, "model": model}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path, help="where to save")
    parser.add_argument("--epochs", type=int, default=60)
    arguments = parser.parse_args()

    X, y = load_digits(return_X_y=True)
    X_train, X_test, y_train, y_test = train_test_split(X / 16, y, stratify=y, random_state=0)
    checkpoint = load(arguments.file)
    model = checkpoint["model"].set_params(max_iter=arguments.epochs)
    print(f"from epoch {checkpoint['epochs'] + 1} of {arguments.epochs}", flush=True)
    for epoch in range(checkpoint["epochs"] + 1, arguments.epochs + 1):
        model.partial_fit(X_train, y_train, classes=np.arange(10))
        save({"epochs": epoch, "model": model}, arguments.file)
        print(f"epoch {epoch} saved, loss {model.loss_:.4f}", flush=True)
    weights = zlib.crc32(b"".join(map(bytes, model.coefs_)))
    print(f"accuracy {model.score(X_test, y_test):.3f}, checksum of the weights {weights:08x}")


if __name__ == "__main__":
    main()
