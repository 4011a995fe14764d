package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// probing is how one probe of a container stands. A probe that there is not has passed.
type probing struct {
	container *container
	probe     *corev1.Probe
	next      time.Time
	good, bad int32
	healthy   bool
}

func newProbing(c *container, probe *corev1.Probe) *probing {
	made := &probing{container: c, probe: probe, healthy: probe == nil}
	if probe != nil {
		made.next = time.Now().Add(time.Duration(probe.InitialDelaySeconds) * time.Second)
	}
	return made
}

// look probes if it is time to.
func (p *probing) look() {
	if p.probe == nil || time.Now().Before(p.next) {
		return
	}
	p.next = time.Now().Add(time.Duration(max(p.probe.PeriodSeconds, 1)) * time.Second)
	ctx, cancel := context.WithTimeout(context.Background(), time.Duration(max(p.probe.TimeoutSeconds, 1))*time.Second)
	defer cancel()
	if p.ask(ctx) == nil {
		p.good, p.bad = p.good+1, 0
		p.healthy = p.healthy || p.good >= max(p.probe.SuccessThreshold, 1)
	} else {
		p.good, p.bad = 0, p.bad+1
		p.healthy = p.healthy && !p.failed()
	}
}

func (p *probing) ask(ctx context.Context) error {
	switch {
	case p.probe.HTTPGet != nil:
		return p.container.get(ctx, p.probe.HTTPGet)
	case p.probe.TCPSocket != nil:
		return p.container.dial(ctx, p.probe.TCPSocket)
	case p.probe.Exec != nil:
		return p.container.execute(ctx, p.probe.Exec)
	}
	return errors.New("a kind of probe that is not known here")
}

// passed says whether it has succeeded often enough since it last failed too often.
func (p *probing) passed() bool {
	return p.healthy
}

// failed says whether it has failed too often in a row.
func (p *probing) failed() bool {
	return p.probe != nil && p.bad >= max(p.probe.FailureThreshold, 1)
}

func (c *container) port(wanted intstr.IntOrString) string {
	for _, one := range c.spec.Ports {
		if wanted.Type == intstr.String && one.Name == wanted.StrVal {
			return fmt.Sprint(one.ContainerPort)
		}
	}
	return wanted.String()
}

func (c *container) host(named string) string {
	if named == "" {
		return reachable(c.pod.address)
	}
	return named
}

// get succeeds on a status of 200 to 399; redirects are not followed.
func (c *container) get(ctx context.Context, what *corev1.HTTPGetAction) error {
	scheme := strings.ToLower(string(what.Scheme))
	if scheme == "" {
		scheme = "http"
	}
	url := scheme + "://" + net.JoinHostPort(c.host(what.Host), c.port(what.Port)) + "/" + strings.TrimPrefix(what.Path, "/")
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	for _, field := range what.HTTPHeaders {
		request.Header.Add(field.Name, field.Value)
	}
	client := http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := client.Do(request)
	if err != nil {
		return err
	}
	answer.Body.Close()
	if answer.StatusCode >= 400 {
		return errors.New(answer.Status)
	}
	return nil
}

func (c *container) dial(ctx context.Context, what *corev1.TCPSocketAction) error {
	var dialer net.Dialer
	connection, err := dialer.DialContext(ctx, "tcp", net.JoinHostPort(c.host(what.Host), c.port(what.Port)))
	if err != nil {
		return err
	}
	return connection.Close()
}

func (c *container) execute(ctx context.Context, what *corev1.ExecAction) error {
	command := exec.CommandContext(ctx, what.Command[0], what.Command[1:]...)
	command.Env = append(os.Environ(), c.environment()...)
	command.Dir = c.pod.dir
	return command.Run()
}
