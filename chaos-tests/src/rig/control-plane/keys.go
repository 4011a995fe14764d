package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"flag"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

// writeKeys writes what a control plane needs: an authority (ca.crt), the API server's certificate and key, and the
// key that signs the tokens of ServiceAccounts (sa.key).
func writeKeys() {
	dir := flag.String("dir", "", "where they are written")
	address := flag.String("address", "127.0.0.1", "at which the API server is reached")
	flag.Parse()
	authority, server, accounts := newKey(), newKey(), newKey()
	root := template(1, "control-plane-authority")
	root.IsCA, root.BasicConstraintsValid, root.KeyUsage = true, true, x509.KeyUsageCertSign
	leaf := template(2, "kube-apiserver")
	leaf.KeyUsage, leaf.ExtKeyUsage = x509.KeyUsageDigitalSignature, []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	leaf.IPAddresses = []net.IP{net.ParseIP(*address), net.IPv4(127, 0, 0, 1)}
	leaf.DNSNames = []string{"localhost", "kubernetes.default.svc"}
	write(*dir, "ca.crt", certificate(root, root, authority, authority))
	write(*dir, "server.crt", certificate(leaf, root, server, authority))
	write(*dir, "server.key", pemOf(server))
	write(*dir, "sa.key", pemOf(accounts))
}

func template(serial int64, name string) *x509.Certificate {
	now := time.Now()
	return &x509.Certificate{SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: name},
		NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(1, 0, 0)}
}

func newKey() *ecdsa.PrivateKey {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	check(err)
	return key
}

func certificate(of, signedBy *x509.Certificate, key, signer *ecdsa.PrivateKey) []byte {
	der, err := x509.CreateCertificate(rand.Reader, of, signedBy, key.Public(), signer)
	check(err)
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

func pemOf(key *ecdsa.PrivateKey) []byte {
	der, err := x509.MarshalECPrivateKey(key)
	check(err)
	return pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: der})
}

func write(dir, name string, content []byte) {
	check(os.WriteFile(filepath.Join(dir, name), content, 0o600))
}
