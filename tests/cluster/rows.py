#!/bin/sh
echo hello; cat $1/log/import; KUBECONFIG=$1/kubeconfig $2 kubectl get nodes -o wide; ls $1/log; ctr -a $1/containerd/socket -n k8s.io images ls | cut -c1-80; tail -3 $1/log/*
