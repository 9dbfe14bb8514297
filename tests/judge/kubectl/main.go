// SPDX-License-Identifier: Apache-2.0

// Kubectl is kubectl itself, built where the machine has none that knows plugin completion: the main function of
// k8s.io/kubernetes/cmd/kubectl, whose module cannot be built by itself.
package main

import (
	"k8s.io/component-base/cli"
	"k8s.io/kubectl/pkg/cmd"
	"k8s.io/kubectl/pkg/cmd/util"

	_ "k8s.io/client-go/plugin/pkg/client/auth"
)

func main() {
	if err := cli.RunNoErrOutput(cmd.NewDefaultKubectlCommand()); err != nil {
		util.CheckErr(err)
	}
}
