package main

import (
	"context"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

const (
	look         = 50 * time.Millisecond
	leastBackOff = 500 * time.Millisecond
	mostBackOff  = 10 * time.Second
)

// container is one process of a Pod, started again whenever it ends.
type container struct {
	pod  *pod
	spec *corev1.Container

	mu       sync.Mutex
	process  *os.Process
	exited   chan struct{}
	since    metav1.Time
	started  bool
	ready    bool
	restarts int32
}

// keep runs the process until stop; the process itself is left to end.
func (c *container) keep(stop <-chan struct{}) {
	for wait := leastBackOff; ; wait = min(2*wait, mostBackOff) {
		if err := c.start(); err != nil {
			log.Printf("%s/%s: %s: not started: %v", c.pod.Namespace, c.pod.Name, c.spec.Name, err)
		} else if c.watch(stop) {
			return
		}
		c.mu.Lock()
		c.restarts++
		c.started, c.ready = false, false
		c.mu.Unlock()
		c.pod.tell("")
		select {
		case <-stop:
			return
		case <-time.After(wait):
		}
	}
}

// start forks the process. It dies with this one: the thread that has forked it stays with it.
func (c *container) start() error {
	output, err := os.OpenFile(filepath.Join(c.pod.dir, c.spec.Name+".log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer output.Close()
	command := exec.Command(c.pod.node.images[c.spec.Image], c.arguments()...)
	command.Env = append(os.Environ(), c.environment()...)
	command.Dir = c.pod.dir
	command.Stdout, command.Stderr = output, output
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	began := make(chan error)
	exited := make(chan struct{})
	go func() {
		runtime.LockOSThread()
		err := command.Start()
		began <- err
		if err == nil {
			log.Printf("%s/%s: %s has ended: %v", c.pod.Namespace, c.pod.Name, c.spec.Name, command.Wait())
			close(exited)
		}
	}()
	if err := <-began; err != nil {
		return err
	}
	c.mu.Lock()
	c.process, c.exited, c.since = command.Process, exited, metav1.Now()
	c.mu.Unlock()
	return nil
}

// arguments are what stands behind the command's name: the program is the image's.
func (c *container) arguments() []string {
	var all []string
	if len(c.spec.Command) > 1 {
		all = append(all, c.spec.Command[1:]...)
	}
	all = append(all, c.spec.Args...)
	for i, one := range all {
		for _, variable := range c.environment() {
			name, value, _ := strings.Cut(variable, "=")
			one = strings.ReplaceAll(one, "$("+name+")", value)
		}
		all[i] = one
	}
	return all
}

func (c *container) environment() []string {
	all := []string{"KUBECONFIG=" + c.pod.kubeconfig(), "HOSTNAME=" + c.pod.Name}
	for _, one := range c.spec.Env {
		value := one.Value
		if one.ValueFrom != nil && one.ValueFrom.FieldRef != nil {
			value = c.field(one.ValueFrom.FieldRef.FieldPath)
		}
		all = append(all, one.Name+"="+value)
	}
	return all
}

func (c *container) field(path string) string {
	switch path {
	case "metadata.name":
		return c.pod.Name
	case "metadata.namespace":
		return c.pod.Namespace
	case "metadata.uid":
		return string(c.pod.UID)
	case "status.podIP":
		return reachable(c.pod.address)
	case "spec.nodeName":
		return c.pod.node.name
	}
	return ""
}

// watch probes the process. True if the Pod is stopped; false if the process has ended, or was ended because it is sick.
func (c *container) watch(stop <-chan struct{}) bool {
	startup, live, ready := newProbing(c, c.spec.StartupProbe), newProbing(c, c.spec.LivenessProbe), newProbing(c, c.spec.ReadinessProbe)
	tick := time.NewTicker(look)
	defer tick.Stop()
	for {
		select {
		case <-stop:
			return true
		case <-c.exited:
			return false
		case <-tick.C:
		}
		if !startup.passed() {
			if startup.look(); startup.failed() {
				c.endSick("it has not started")
				return false
			}
			continue
		}
		if live.look(); live.failed() {
			c.endSick("it is not alive")
			return false
		}
		ready.look()
		c.mu.Lock()
		changed := !c.started || c.ready != ready.passed()
		c.started, c.ready = true, ready.passed()
		c.mu.Unlock()
		if changed {
			c.pod.tell("")
		}
	}
}

func (c *container) endSick(why string) {
	log.Printf("%s/%s: %s is ended: %s", c.pod.Namespace, c.pod.Name, c.spec.Name, why)
	grace := int64(30)
	if c.pod.Spec.TerminationGracePeriodSeconds != nil {
		grace = *c.pod.Spec.TerminationGracePeriodSeconds
	}
	c.end(time.Now().Add(time.Duration(grace) * time.Second))
}

// end does what shall come before the end, then asks the process to end; what is left at the deadline is killed.
func (c *container) end(deadline time.Time) {
	c.mu.Lock()
	process, exited := c.process, c.exited
	c.mu.Unlock()
	if process == nil || isClosed(exited) {
		return
	}
	if c.spec.Lifecycle != nil && c.spec.Lifecycle.PreStop != nil {
		c.before(c.spec.Lifecycle.PreStop, exited, deadline)
	}
	if isClosed(exited) {
		return
	}
	syscall.Kill(process.Pid, syscall.SIGTERM)
	select {
	case <-exited:
	case <-time.After(time.Until(deadline)):
		log.Printf("%s/%s: %s is killed", c.pod.Namespace, c.pod.Name, c.spec.Name)
		syscall.Kill(-process.Pid, syscall.SIGKILL)
		<-exited
	}
}

func isClosed(channel <-chan struct{}) bool {
	select {
	case <-channel:
		return true
	default:
		return false
	}
}

// before runs a preStop hook, for as long as the process lives and there is time.
func (c *container) before(hook *corev1.LifecycleHandler, exited <-chan struct{}, deadline time.Time) {
	ctx, cancel := context.WithDeadline(context.Background(), deadline)
	defer cancel()
	go func() {
		select {
		case <-exited:
			cancel()
		case <-ctx.Done():
		}
	}()
	var err error
	switch {
	case hook.Sleep != nil:
		select {
		case <-ctx.Done():
		case <-time.After(time.Duration(hook.Sleep.Seconds) * time.Second):
		}
	case hook.Exec != nil:
		err = c.execute(ctx, hook.Exec)
	case hook.HTTPGet != nil:
		err = c.get(ctx, hook.HTTPGet)
	}
	if err != nil {
		log.Printf("%s/%s: %s: preStop: %v", c.pod.Namespace, c.pod.Name, c.spec.Name, err)
	}
}

func (c *container) status(waiting string) corev1.ContainerStatus {
	c.mu.Lock()
	defer c.mu.Unlock()
	started := c.started
	is := corev1.ContainerStatus{Name: c.spec.Name, Image: c.spec.Image, ImageID: c.spec.Image, Ready: c.ready,
		Started: &started, RestartCount: c.restarts}
	if waiting == "" && c.process != nil {
		is.State.Running = &corev1.ContainerStateRunning{StartedAt: c.since}
	} else {
		is.State.Waiting = &corev1.ContainerStateWaiting{Reason: waiting}
	}
	return is
}
