"""The same service written with care: async, no model of the row, one numpy row."""
import json
import os
import pickle

import numpy
from fastapi import FastAPI, Request, Response

with open(os.environ["PEER_MODEL"], "rb") as file:
    model = pickle.load(file)
names = [f"x{i}" for i in range(20)]
app = FastAPI()


@app.post("/predict")
async def predict(request: Request):
    row = json.loads(await request.body())
    x = numpy.array([[row[n] for n in names]], dtype=numpy.float64)
    probability = float(model.predict_proba(x)[0, 1])
    answer = {"prediction": probability, "decision": "block" if probability >= 0.5 else "allow"}
    return Response(json.dumps(answer), media_type="application/json")
