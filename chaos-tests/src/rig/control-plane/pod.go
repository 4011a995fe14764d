package main

import (
	"context"
	"encoding/json"
	"log"
	"os"
	"path/filepath"
	"sync"
	"time"

	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/clientcmd"
	clientapi "k8s.io/client-go/tools/clientcmd/api"
)

const (
	retryAfter   = 300 * time.Millisecond
	tokenSeconds = 3600
)

// pod is one Pod that this node runs: its containers are processes that share its address.
type pod struct {
	*corev1.Pod
	node       *node
	address    string
	dir        string
	containers []*container
	stop       chan struct{}
	stopOnce   sync.Once
	ended      chan struct{}
	endOnce    sync.Once

	mu      sync.Mutex
	started metav1.Time
}

func newPod(n *node, seen *corev1.Pod, address string) *pod {
	made := &pod{Pod: seen, node: n, address: address, dir: filepath.Join(n.dir, string(seen.UID)),
		stop: make(chan struct{}), ended: make(chan struct{}), started: metav1.Now()}
	for i := range seen.Spec.Containers {
		made.containers = append(made.containers, &container{pod: made, spec: &seen.Spec.Containers[i]})
	}
	return made
}

// run keeps all containers running until the Pod is stopped.
func (p *pod) run() {
	if why := p.cannotRun(); why != "" {
		log.Printf("%s/%s can't be run here: %s", p.Namespace, p.Name, why)
		p.tell(why)
		return
	}
	check(os.MkdirAll(p.dir, 0o755))
	for p.writeKubeconfig() != nil {
		select {
		case <-p.stop:
			return
		case <-time.After(retryAfter):
		}
	}
	var all sync.WaitGroup
	for _, one := range p.containers {
		all.Add(1)
		go func() {
			defer all.Done()
			one.keep(p.stop)
		}()
	}
	p.tell("")
	all.Wait()
}

// cannotRun says what of the Pod would be left out: nothing is.
func (p *pod) cannotRun() string {
	if len(p.Spec.InitContainers) > 0 {
		return "InitContainersNotSupported"
	}
	for _, one := range p.Spec.Containers {
		if len(one.VolumeMounts) > 0 {
			return "VolumesNotSupported"
		}
		if p.node.images[one.Image] == "" {
			return "ErrImagePull"
		}
	}
	return ""
}

// writeKubeconfig gives the Pod the rights of its ServiceAccount, and no others. There is no place where a process
// could find a mounted token, so the environment names a kubeconfig.
func (p *pod) writeKubeconfig() error {
	account := p.Spec.ServiceAccountName
	if account == "" {
		account = "default"
	}
	seconds := int64(tokenSeconds)
	request := &authenticationv1.TokenRequest{Spec: authenticationv1.TokenRequestSpec{ExpirationSeconds: &seconds,
		BoundObjectRef: &authenticationv1.BoundObjectReference{Kind: "Pod", APIVersion: "v1", Name: p.Name, UID: p.UID}}}
	answer, err := p.node.client.CoreV1().ServiceAccounts(p.Namespace).CreateToken(
		context.Background(), account, request, metav1.CreateOptions{})
	if err != nil {
		log.Printf("%s/%s: no token of ServiceAccount %s yet: %v", p.Namespace, p.Name, account, err)
		return err
	}
	config := clientapi.NewConfig()
	config.Clusters["rig"] = &clientapi.Cluster{Server: p.node.config.Host, CertificateAuthorityData: p.node.config.CAData}
	config.AuthInfos["pod"] = &clientapi.AuthInfo{Token: answer.Status.Token}
	config.Contexts["rig"] = &clientapi.Context{Cluster: "rig", AuthInfo: "pod", Namespace: p.Namespace}
	config.CurrentContext = "rig"
	return clientcmd.WriteToFile(*config, p.kubeconfig())
}

func (p *pod) kubeconfig() string {
	return filepath.Join(p.dir, "kubeconfig")
}

// end stops all containers: what they ask to be done first, then SIGTERM, and what is left after the grace period is
// killed. Returns when nothing is left.
func (p *pod) end(graceSeconds int64) {
	p.stopOnce.Do(func() { close(p.stop) })
	p.endOnce.Do(func() {
		deadline := time.Now().Add(time.Duration(graceSeconds) * time.Second)
		var all sync.WaitGroup
		for _, one := range p.containers {
			all.Add(1)
			go func() {
				defer all.Done()
				one.end(deadline)
			}()
		}
		all.Wait()
		close(p.ended)
	})
	<-p.ended
}

// tell writes the Pod's status.
func (p *pod) tell(waiting string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	status := corev1.PodStatus{Phase: corev1.PodRunning, PodIP: p.address, PodIPs: []corev1.PodIP{{IP: p.address}},
		StartTime: &p.started}
	ready := waiting == ""
	for _, one := range p.containers {
		is := one.status(waiting)
		ready = ready && is.Ready
		status.ContainerStatuses = append(status.ContainerStatuses, is)
	}
	for _, kind := range []corev1.PodConditionType{corev1.PodScheduled, corev1.PodInitialized} {
		status.Conditions = append(status.Conditions, condition(kind, true))
	}
	for _, kind := range []corev1.PodConditionType{corev1.ContainersReady, corev1.PodReady} {
		status.Conditions = append(status.Conditions, condition(kind, ready))
	}
	patch, err := json.Marshal(map[string]any{"metadata": map[string]any{"uid": p.UID}, "status": status})
	check(err)
	_, err = p.node.client.CoreV1().Pods(p.Namespace).Patch(context.Background(), p.Name,
		types.StrategicMergePatchType, patch, metav1.PatchOptions{}, "status")
	if err != nil {
		log.Printf("%s/%s: status not written: %v", p.Namespace, p.Name, err)
	}
}

func condition(kind corev1.PodConditionType, holds bool) corev1.PodCondition {
	status := corev1.ConditionFalse
	if holds {
		status = corev1.ConditionTrue
	}
	return corev1.PodCondition{Type: kind, Status: status, LastTransitionTime: metav1.Now()}
}
