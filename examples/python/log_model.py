"""Trains a small model with scikit-learn and logs it to a running `flyball up`, with the MLflow client (2.x or 3.x) and nothing of Flyball's own.

    pip install mlflow scikit-learn
    python examples/python/log_model.py
"""

import mlflow
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression

mlflow.set_tracking_uri("http://127.0.0.1:7878")
X, y = make_classification(n_samples=500, random_state=7)
model = LogisticRegression().fit(X, y)

with mlflow.start_run():
    mlflow.log_params({"model_type": "logistic", "C": 1.0})
    mlflow.log_metrics({"accuracy": model.score(X, y)})
    mlflow.sklearn.log_model(model, "model", registered_model_name="customer_churn_predictor")

client = mlflow.MlflowClient()
version = client.get_latest_versions("customer_churn_predictor")[0].version
client.set_registered_model_alias("customer_churn_predictor", "champion", version)
champion = mlflow.pyfunc.load_model("models:/customer_churn_predictor@champion")
print(champion.predict(X[:5]))
