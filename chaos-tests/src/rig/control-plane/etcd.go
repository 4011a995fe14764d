package main

import (
	"flag"
	"net/url"
	"os"
	"path/filepath"

	"go.etcd.io/etcd/server/v3/embed"
)

// runEtcd serves on the socket etcd.sock in the directory given, until the process is ended. What it says is written
// there too. It does not wait for the disk: a test's data need not outlive the machine.
func runEtcd() {
	dir := flag.String("dir", "", "where it keeps its data, absolute")
	flag.Parse()
	config := embed.NewConfig()
	config.Dir = filepath.Join(*dir, "data")
	config.LogLevel, config.LogOutputs = "warn", []string{filepath.Join(*dir, "etcd.log")}
	config.UnsafeNoFsync = true
	clients, peers := socket(*dir, "etcd.sock"), socket(*dir, "peer.sock")
	config.ListenClientUrls, config.AdvertiseClientUrls = clients, clients
	config.ListenPeerUrls, config.AdvertisePeerUrls = peers, peers
	config.InitialCluster = config.InitialClusterFromName(config.Name)
	server, err := embed.StartEtcd(config)
	check(err)
	check(<-server.Err())
}

// socket is free once more after an end without a word.
func socket(dir, name string) []url.URL {
	path := filepath.Join(dir, name)
	os.Remove(path)
	return []url.URL{{Scheme: "unix", Path: path}}
}
