// Package fetchtest is a make-believe internet for tests: providers with their real host
// names and certificates that a client trusts, behind one listener on loopback. Whoever
// dials anything else meets the real guard. For tests only.
package fetchtest

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"sett/node/metadata/fetch"
)

// Internet answers for some host names.
type Internet struct {
	RootCAs *x509.CertPool // to trust

	hosts  map[string]http.Handler
	server *httptest.Server

	mu     sync.Mutex
	asked  []string // "host/path?query"
	agents []string
	dialed []string
}

// New starts an internet of the given hosts. It ends with the test.
func New(t testing.TB, hosts map[string]http.Handler) *Internet {
	t.Helper()
	n := &Internet{hosts: hosts, RootCAs: x509.NewCertPool()}
	n.server = httptest.NewUnstartedServer(n)
	n.server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug)
	n.server.TLS = &tls.Config{Certificates: []tls.Certificate{n.certificate(t)}}
	n.server.StartTLS()
	t.Cleanup(n.server.Close)
	return n
}

func (n *Internet) certificate(t testing.TB) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "make-believe"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	for host := range n.hosts {
		template.DNSNames = append(template.DNSNames, host)
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	n.RootCAs.AddCert(cert)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// ServeHTTP hands a request to its host.
func (n *Internet) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	n.mu.Lock()
	n.asked = append(n.asked, r.Host+r.URL.RequestURI())
	n.agents = append(n.agents, r.UserAgent())
	n.mu.Unlock()
	n.hosts[r.Host].ServeHTTP(w, r)
}

// Dial reaches the known hosts; everything else goes through fetch.DialPublic.
func (n *Internet) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	n.mu.Lock()
	n.dialed = append(n.dialed, address)
	n.mu.Unlock()
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	if n.hosts[host] == nil {
		return fetch.DialPublic()(ctx, network, address)
	}
	var d net.Dialer
	return d.DialContext(ctx, network, n.server.Listener.Addr().String())
}

// Asked returns the requests so far, "host/path?query".
func (n *Internet) Asked() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.asked)
}

// Agents returns the user agents of the requests so far.
func (n *Internet) Agents() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.agents)
}

// Dialed returns what was dialled so far.
func (n *Internet) Dialed() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.dialed)
}
