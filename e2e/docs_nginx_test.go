package e2e

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

var location = regexp.MustCompile(`location (?:= )?(/\S*) \{`)

// nginx checks a configuration with nginx, and sends a request through it to each of its locations,
// over TLS.
func (d *doc) nginx(t *testing.T, b block) {
	places := location.FindAllStringSubmatch(b.text, -1)
	if len(places) == 0 || strings.Count(b.text, "{") != strings.Count(b.text, "}") {
		t.Fatal("no location, or a brace is missing")
	}
	if os.Getenv("DOC_TOOLS") == "" {
		return // CI has nginx
	}
	dir := t.TempDir()
	selfSigned(t, dir)
	addr := freeAddr(t)
	text := strings.ReplaceAll(b.text, "/etc/nginx/tls", dir)
	text = strings.ReplaceAll(text, "listen 443 ssl", "listen "+addr+" ssl")
	whole := "daemon off; pid " + dir + "/pid; error_log stderr; events {} http { access_log off;\n"
	for _, of := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
		whole += of + "_temp_path " + dir + "/" + of + ";\n"
	}
	file := filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(file, []byte(whole+text+"}"), 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{"-c", file, "-p", dir, "-e", "stderr"}
	if out, err := exec.Command("nginx", append(args, "-t")...).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s\n%s", err, out, text)
	}
	var log transcript
	proxy := exec.Command("nginx", args...)
	proxy.Stderr = &log
	if err := proxy.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		proxy.Process.Signal(syscall.SIGTERM)
		proxy.Wait()
	}()
	through := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	defer through.CloseIdleConnections()
	until(t, "nginx listens", func() bool {
		conn, err := net.Dial("tcp", addr)
		if err == nil {
			conn.Close()
		}
		return err == nil
	})
	for _, m := range places {
		url := "https://" + addr + strings.TrimSuffix(m[1], "graphql") + "graphql"
		req, err := http.NewRequest("POST", url, strings.NewReader(`{"query":"{ sync(id: 52) { label } }"}`))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		resp, err := through.Do(req)
		if err != nil {
			t.Fatalf("%v\n%s", err, log.String())
		}
		text := make([]byte, 4096)
		n, _ := resp.Body.Read(text)
		resp.Body.Close()
		if want := `{"data":{"sync":{"label":"Accounts → Salesforce"}}}`; string(text[:n]) != want || resp.StatusCode != 200 {
			t.Errorf("%s: %s: %s\n%s", url, resp.Status, text[:n], log.String())
		}
	}
}

// freeAddr returns an address of loopback that was free a moment ago.
func freeAddr(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// selfSigned writes a self-signed certificate and its key: cert.pem and key.pem.
func selfSigned(t *testing.T, dir string) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string]*pem.Block{"cert.pem": {Type: "CERTIFICATE", Bytes: cert}, "key.pem": {Type: "PRIVATE KEY", Bytes: private}} {
		if err := os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(b), 0o600); err != nil {
			t.Fatal(fmt.Errorf("%s: %w", name, err))
		}
	}
}
