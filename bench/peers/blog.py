"""A prediction service as tutorials write it: a `def` handler, a pydantic model, a DataFrame for each row."""
import os
import pickle

import pandas
from fastapi import FastAPI
from pydantic import create_model

with open(os.environ["PEER_MODEL"], "rb") as file:
    model = pickle.load(file)
names = [f"x{i}" for i in range(20)]
Row = create_model("Row", id=(int, ...), **{name: (float, ...) for name in names})
app = FastAPI()


@app.post("/predict")
def predict(row: Row):
    frame = pandas.DataFrame([row.dict()])[names]
    probability = float(model.predict_proba(frame.values)[0, 1])
    return {"prediction": probability, "decision": "block" if probability >= 0.5 else "allow"}
