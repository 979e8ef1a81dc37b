"""Trains the peers' model, gradient boosting of 100 trees of depth 3, on a CSV file of x0..x19 and y; leaves it as a pickle.

    /usr/bin/python3 model.py ROWS_CSV OUT_PICKLE
"""
import pickle
import sys

import numpy
from sklearn.ensemble import GradientBoostingClassifier

names = [f"x{i}" for i in range(20)]
with open(sys.argv[1], encoding="utf-8") as rows:
    header = rows.readline().strip().split(",")
table = numpy.loadtxt(sys.argv[1], delimiter=",", skiprows=1)
x = table[:, [header.index(n) for n in names]]
y = table[:, header.index("y")]
model = GradientBoostingClassifier(n_estimators=100, max_depth=3, random_state=7).fit(x, y)
with open(sys.argv[2], "wb") as out:
    pickle.dump(model, out)
