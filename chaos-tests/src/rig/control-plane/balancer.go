package main

import (
	"flag"
	"io"
	"log"
	"net"
	"os"
	"sort"
	"sync"
	"time"

	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/clientcmd"
)

const dialTimeout = 2 * time.Second

// balancer gives each new connection to the next ready endpoint of one Service, as load balancers do that follow
// EndpointSlices. Connections that are open stay where they are.
type balancer struct {
	port string

	mu        sync.Mutex
	slices    map[string][]string
	addresses []string
	turn      int
}

func runBalancer() {
	flags := flag.NewFlagSet("balancer", flag.ExitOnError)
	listen := flags.String("listen", "", "address and port")
	kubeconfig := flags.String("kubeconfig", "", "of somebody who may read EndpointSlices")
	namespace := flags.String("namespace", "default", "of the Service")
	service := flags.String("service", "", "name of the Service")
	b := &balancer{slices: map[string][]string{}}
	flags.StringVar(&b.port, "port", "", "name of the Service's port")
	check(flags.Parse(os.Args[1:]))
	config, err := clientcmd.BuildConfigFromFlags("", *kubeconfig)
	check(err)
	client, err := kubernetes.NewForConfig(config)
	check(err)
	factory := informers.NewSharedInformerFactoryWithOptions(client, 0, informers.WithNamespace(*namespace),
		informers.WithTweakListOptions(func(options *metav1.ListOptions) {
			options.LabelSelector = discoveryv1.LabelServiceName + "=" + *service
		}))
	factory.Discovery().V1().EndpointSlices().Informer().AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    func(one any) { b.put(one.(*discoveryv1.EndpointSlice)) },
		UpdateFunc: func(_, one any) { b.put(one.(*discoveryv1.EndpointSlice)) },
		DeleteFunc: func(one any) {
			if gone, ok := one.(cache.DeletedFinalStateUnknown); ok {
				one = gone.Obj
			}
			b.set(one.(*discoveryv1.EndpointSlice).Name, nil)
		},
	})
	listener, err := net.Listen("tcp", *listen)
	check(err)
	factory.Start(nil)
	for {
		client, err := listener.Accept()
		check(err)
		go b.serve(client.(*net.TCPConn))
	}
}

func (b *balancer) put(slice *discoveryv1.EndpointSlice) {
	var ready []string
	for _, port := range slice.Ports {
		if port.Name == nil || *port.Name != b.port || port.Port == nil {
			continue
		}
		for _, endpoint := range slice.Endpoints {
			if endpoint.Conditions.Ready != nil && *endpoint.Conditions.Ready {
				ready = append(ready, (&net.TCPAddr{IP: net.ParseIP(reachable(endpoint.Addresses[0])), Port: int(*port.Port)}).String())
			}
		}
	}
	b.set(slice.Name, ready)
}

func (b *balancer) set(slice string, ready []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.slices[slice] = ready
	b.addresses = nil
	for _, some := range b.slices {
		b.addresses = append(b.addresses, some...)
	}
	sort.Strings(b.addresses)
	log.Printf("endpoints: %v", b.addresses)
}

// dial connects to the next endpoint that takes a connection; nil if none does.
func (b *balancer) dial() *net.TCPConn {
	b.mu.Lock()
	addresses, first := b.addresses, b.turn
	b.turn++
	b.mu.Unlock()
	for i := range addresses {
		address := addresses[(first+i)%len(addresses)]
		connection, err := net.DialTimeout("tcp", address, dialTimeout)
		if err == nil {
			return connection.(*net.TCPConn)
		}
		log.Printf("%s: %v", address, err)
	}
	return nil
}

func (b *balancer) serve(client *net.TCPConn) {
	defer client.Close()
	server := b.dial()
	if server == nil {
		log.Print("no endpoint takes a connection")
		return
	}
	defer server.Close()
	var both sync.WaitGroup
	both.Add(2)
	go pass(client, server, &both)
	go pass(server, client, &both)
	both.Wait()
}

func pass(from, to *net.TCPConn, done *sync.WaitGroup) {
	defer done.Done()
	if _, err := io.Copy(to, from); err != nil {
		from.Close()
		to.Close()
		return
	}
	to.CloseWrite()
}
