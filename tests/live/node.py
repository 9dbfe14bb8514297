# SPDX-License-Identifier: Apache-2.0
"""Node: says of the pods of a namespace what a kubelet would, for there is none (plane.sh).

    with Node("shop"):
        within(30, lambda: deployment("shop")["status"].get("availableReplicas") == 2, "the pods are ready")
"""
import threading

from live import Api, Wrong, time


class Node(threading.Thread):
    """Says of each pod that it is ready, or, of hardened ones, that `waiting` keeps it; ends those that are deleted. With
    the name of a node, pods are bound to it first, as those of DaemonSets must be."""

    def __init__(self, where, waiting=None, name=None):
        super().__init__(daemon=True)
        self.path, self.waiting, self.node = f"/api/v1/namespaces/{where}/pods", waiting, name
        self.ended, self.api = False, Api()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.ended = True
        self.join()

    def run(self):
        while not self.ended:
            for pod in self.api.get(self.path)["items"]:
                try:
                    self.tend(pod, f"{self.path}/{pod['metadata']['name']}")
                except Wrong:
                    pass  # it is gone
            time.sleep(0.1)

    def tend(self, pod, path):
        if pod["metadata"].get("deletionTimestamp"):
            self.api.request("DELETE", path, {"gracePeriodSeconds": 0})
        elif self.node and not pod["spec"].get("nodeName"):
            self.api.post(f"{path}/binding", {"metadata": {"name": pod["metadata"]["name"]},
                                              "target": {"kind": "Node", "name": self.node}})
        elif not pod["status"].get("containerStatuses"):
            self.api.status(path, self.status(pod))

    def status(self, pod):
        fails = self.waiting and pod["spec"]["containers"][0].get("securityContext")
        state = {"waiting": self.waiting} if fails else {"running": {}}
        return {"phase": "Pending" if fails else "Running",
                "conditions": [{"type": kind, "status": "False" if fails else "True"} for kind in ("Ready", "ContainersReady")],
                "containerStatuses": [{"name": "web", "image": "web", "imageID": "", "ready": not fails, "restartCount": 0,
                                       "state": state}]}
