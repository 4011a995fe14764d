package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"hash/fnv"
	"log"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/clientcmd"
)

// node runs the Pods that are bound to it, as processes of this machine. There are no containers and no images: a table
// says which program an image stands for. A Pod's address is 10.244.NODE.N for the API server, which takes no loopback
// addresses into EndpointSlices; its processes listen on 127.244.NODE.N, which needs no rights and no interfaces, and
// everything of the rig that connects to Pods knows that (see reachable).
type node struct {
	name       string
	number, of int
	dir        string
	config     *rest.Config
	client     kubernetes.Interface
	images     map[string]string

	mu   sync.Mutex
	pods map[types.UID]*pod
	used map[string]bool
}

const (
	podNet       = "10.244."
	firstAddress = 10
	lastAddress  = 250
)

// reachable is where the processes of a Pod with this address listen.
func reachable(address string) string {
	return strings.Replace(address, "10.", "127.", 1)
}

// runNode registers a node, and runs its Pods until the process that started it ends.
func runNode() {
	flags := flag.NewFlagSet("node", flag.ExitOnError)
	n := &node{images: map[string]string{}, pods: map[types.UID]*pod{}, used: map[string]bool{}}
	flags.StringVar(&n.name, "name", "", "of the Node object")
	flags.IntVar(&n.number, "number", 0, "among all nodes, from 0")
	flags.IntVar(&n.of, "of", 1, "how many nodes there are: each takes its share of the Pods that are bound to none")
	flags.StringVar(&n.dir, "dir", "", "where logs and tokens of Pods are kept, absolute")
	kubeconfig := flags.String("kubeconfig", "", "of somebody who may do everything")
	flags.Func("image", "IMAGE=PROGRAM, the program that a container of this image runs; may be repeated", n.addImage)
	check(flags.Parse(os.Args[1:]))
	config, err := clientcmd.BuildConfigFromFlags("", *kubeconfig)
	check(err)
	n.config = config
	n.client, err = kubernetes.NewForConfig(config)
	check(err)
	check(n.register())
	n.watch()
	log.Printf("node %s is there", n.name)
	select {}
}

func (n *node) addImage(text string) error {
	image, program, ok := strings.Cut(text, "=")
	if !ok || !filepath.IsAbs(program) {
		return errors.New("expected: IMAGE=/absolute/program")
	}
	n.images[image] = program
	return nil
}

func (n *node) register() error {
	made := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: n.name, Labels: map[string]string{
		"kubernetes.io/hostname": n.name, "topology.kubernetes.io/zone": n.name}}}
	nodes := n.client.CoreV1().Nodes()
	if _, err := nodes.Create(context.Background(), made, metav1.CreateOptions{}); err != nil && !apierrors.IsAlreadyExists(err) {
		return err
	}
	is, err := nodes.Get(context.Background(), n.name, metav1.GetOptions{})
	if err != nil {
		return err
	}
	is.Status.Conditions = []corev1.NodeCondition{{Type: corev1.NodeReady, Status: corev1.ConditionTrue,
		Reason: "Rig", LastTransitionTime: metav1.Now()}}
	_, err = nodes.UpdateStatus(context.Background(), is, metav1.UpdateOptions{})
	return err
}

func (n *node) watch() {
	factory := informers.NewSharedInformerFactory(n.client, 0)
	factory.Core().V1().Pods().Informer().AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    func(one any) { n.see(one.(*corev1.Pod)) },
		UpdateFunc: func(_, one any) { n.see(one.(*corev1.Pod)) },
		DeleteFunc: func(one any) {
			if gone, ok := one.(cache.DeletedFinalStateUnknown); ok {
				one = gone.Obj
			}
			n.forget(one.(*corev1.Pod), 0)
		},
	})
	factory.Start(nil)
}

// see does what a Pod asks for: to be bound, to be run, or to be ended.
func (n *node) see(seen *corev1.Pod) {
	switch {
	case seen.Spec.NodeName == "" && seen.DeletionTimestamp == nil && n.takes(seen):
		go n.bind(seen)
	case seen.Spec.NodeName != n.name:
	case seen.DeletionTimestamp != nil:
		grace := int64(0)
		if seen.DeletionGracePeriodSeconds != nil {
			grace = *seen.DeletionGracePeriodSeconds
		}
		n.forget(seen, grace)
	case seen.Status.Phase != corev1.PodFailed && seen.Status.Phase != corev1.PodSucceeded:
		n.begin(seen)
	}
}

// takes deals Pods out: those of a StatefulSet by their number, others by their name.
func (n *node) takes(seen *corev1.Pod) bool {
	return share(seen.Name, n.of) == n.number
}

func share(name string, of int) int {
	if number, ok := ordinal(name); ok {
		return number % of
	}
	hash := fnv.New32a()
	hash.Write([]byte(name))
	return int(hash.Sum32() % uint32(of))
}

func ordinal(name string) (int, bool) {
	number, err := strconv.Atoi(name[strings.LastIndex(name, "-")+1:])
	return number, err == nil && number >= 0
}

func (n *node) bind(seen *corev1.Pod) {
	to := &corev1.Binding{ObjectMeta: metav1.ObjectMeta{Name: seen.Name, Namespace: seen.Namespace, UID: seen.UID},
		Target: corev1.ObjectReference{Kind: "Node", Name: n.name}}
	if err := n.client.CoreV1().Pods(seen.Namespace).Bind(context.Background(), to, metav1.CreateOptions{}); err != nil {
		log.Printf("%s/%s: not bound: %v", seen.Namespace, seen.Name, err)
	}
}

func (n *node) begin(seen *corev1.Pod) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.pods[seen.UID] == nil {
		made := newPod(n, seen, n.address(seen.Name))
		n.pods[seen.UID] = made
		go made.run()
	}
}

// address is the same for each Pod of that number in a StatefulSet, so that others can know it beforehand.
func (n *node) address(name string) string {
	from := firstAddress
	if number, ok := ordinal(name); ok && firstAddress+number < lastAddress {
		from += number
	} else {
		from += (lastAddress - firstAddress) / 2
	}
	for i := from; i <= lastAddress; i++ {
		address := fmt.Sprintf("%s%d.%d", podNet, n.number, i)
		if !n.used[address] {
			n.used[address] = true
			return address
		}
	}
	log.Fatal("no address is left")
	return ""
}

// forget ends a Pod that is deleted, and tells the API server once it has ended.
func (n *node) forget(seen *corev1.Pod, graceSeconds int64) {
	n.mu.Lock()
	known := n.pods[seen.UID]
	n.mu.Unlock()
	go func() {
		if known != nil {
			known.end(graceSeconds)
			n.mu.Lock()
			if n.pods[seen.UID] != nil {
				delete(n.pods, seen.UID)
				delete(n.used, known.address)
			}
			n.mu.Unlock()
		}
		none := int64(0)
		err := n.client.CoreV1().Pods(seen.Namespace).Delete(context.Background(), seen.Name, metav1.DeleteOptions{
			GracePeriodSeconds: &none, Preconditions: &metav1.Preconditions{UID: &seen.UID}})
		if err != nil && !apierrors.IsNotFound(err) && !apierrors.IsConflict(err) {
			log.Printf("%s/%s: not deleted: %v", seen.Namespace, seen.Name, err)
		}
	}()
}
