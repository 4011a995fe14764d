// One binary that is all of a Kubernetes cluster: etcd, kube-apiserver and kube-controller-manager, nodes that run Pods as
// processes, and load balancers in front of them, each as a process of its own, so that a test can end one of them and
// start it again.
package main

import (
	"fmt"
	"io"
	"os"

	"k8s.io/component-base/cli"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllers "k8s.io/kubernetes/cmd/kube-controller-manager/app"
)

func main() {
	if len(os.Args) < 2 {
		usage()
	}
	part := os.Args[1]
	os.Args = append([]string{part}, os.Args[2:]...)
	go endWithParent()
	switch part {
	case "keys":
		writeKeys()
	case "etcd":
		runEtcd()
	case "kube-apiserver":
		os.Exit(cli.Run(apiserver.NewAPIServerCommand()))
	case "kube-controller-manager":
		os.Exit(cli.Run(controllers.NewControllerManagerCommand()))
	case "node":
		runNode()
	case "balancer":
		runBalancer()
	default:
		usage()
	}
}

func usage() {
	fmt.Fprintln(os.Stderr, "usage: control-plane keys|etcd|kube-apiserver|kube-controller-manager|node|balancer [flags]")
	os.Exit(2)
}

// endWithParent ends this process with the one that started it: nobody else holds the other end of its input.
func endWithParent() {
	io.Copy(io.Discard, os.Stdin)
	os.Exit(1)
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
