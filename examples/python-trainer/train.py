"""Trains gradient boosting with scikit-learn and writes it as ONNX.

The folder it is started in holds train.csv, validation.csv, test.csv (without labels) and parameters.json.
It leaves model.onnx: one float input [N, features], one float output [N, 1], missing values as NaN.
"""
import json

import numpy as np
import onnx
import pandas as pd
from onnx import TensorProto, helper
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.metrics import log_loss, roc_auc_score

MISSING = -1e9  # scikit-learn's trees take no NaN: a value below all others stands for it, in the package too


def read(name, features):
    frame = pd.read_csv(name, dtype={f: np.float32 for f in features})
    return frame[features].fillna(MISSING).to_numpy(np.float32), frame.get("label")


def ensemble(model, features):
    """The sum of the trees as one TreeEnsembleRegressor; its thresholds are rounded down to float32."""
    columns = {k: [] for k in (
        "nodes_treeids", "nodes_nodeids", "nodes_featureids", "nodes_values", "nodes_modes", "nodes_truenodeids",
        "nodes_falsenodeids", "nodes_missing_value_tracks_true", "target_treeids", "target_nodeids", "target_ids", "target_weights")}

    def node(tree, number, feature, value, mode, yes, no):
        for key, item in zip(list(columns)[:8], (tree, number, feature, value, mode, yes, no, 0)):
            columns[key].append(item)

    for t, stage in enumerate(model.estimators_[:, 0]):
        tree = stage.tree_
        for n in range(tree.node_count):
            if tree.children_left[n] < 0:
                node(t, n, 0, 0.0, "LEAF", 0, 0)
                for key, item in zip(list(columns)[8:], (t, n, 0, float(model.learning_rate * tree.value[n, 0, 0]))):
                    columns[key].append(item)
            else:
                threshold = np.float32(tree.threshold[n])
                if threshold > tree.threshold[n]:
                    threshold = np.nextafter(threshold, np.float32(-np.inf), dtype=np.float32)
                node(t, n, int(tree.feature[n]), float(threshold), "BRANCH_LEQ", int(tree.children_left[n]), int(tree.children_right[n]))

    prior = float(model.init_.class_prior_[1])
    return helper.make_node(
        "TreeEnsembleRegressor", ["filled"], ["margin"], domain="ai.onnx.ml", n_targets=1, aggregate_function="SUM",
        post_transform="NONE", base_values=[float(np.log(prior / (1 - prior)))], **columns)


def package(model, features):
    missing = helper.make_tensor("missing", TensorProto.FLOAT, [1], [MISSING])
    nodes = [
        helper.make_node("IsNaN", ["features"], ["is_missing"]),
        helper.make_node("Where", ["is_missing", "missing", "features"], ["filled"]),
        ensemble(model, features),
        helper.make_node("Sigmoid", ["margin"], ["score"]),
    ]
    graph = helper.make_graph(
        nodes, "churn",
        [helper.make_tensor_value_info("features", TensorProto.FLOAT, [None, len(features)])],
        [helper.make_tensor_value_info("score", TensorProto.FLOAT, [None, 1])], [missing])
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 15), helper.make_opsetid("ai.onnx.ml", 3)], ir_version=8)
    onnx.checker.check_model(made)
    return made


def main():
    with open("parameters.json", encoding="utf-8") as file:
        given = json.load(file)
    features, p = given["features"], given["parameters"]
    x, y = read("train.csv", features)
    model = GradientBoostingClassifier(
        n_estimators=int(p["trees"]), max_depth=int(p["depth"]), learning_rate=p["learning_rate"], subsample=p["subsample"],
        random_state=given["seed"]).fit(x, y)
    x, y = read("validation.csv", features)
    scores = model.predict_proba(x)[:, 1]
    with open("metrics.json", "w", encoding="utf-8") as file:
        json.dump({"validation_roc_auc": roc_auc_score(y, scores), "validation_log_loss": log_loss(y, scores)}, file)
    onnx.save(package(model, features), "model.onnx")
    print(f"{len(model.estimators_)} trees, validation ROC AUC {roc_auc_score(y, scores):.4f}")


if __name__ == "__main__":
    main()
