package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"census-gateway/settings"
)

// healthcheck asks the gateway on this machine whether it is ready, and returns an error if it is
// not. Images without a shell have no other way to check.
func healthcheck(ctx context.Context, args []string, out, _ io.Writer) error {
	s, done, err := settings.ReadCommand(args, out, settings.Command{Name: "healthcheck",
		Help: "Requests /readyz from the gateway on this machine, at GATEWAY_ADMIN_ADDR. Exits with status 1 unless the gateway is ready.", Groups: []string{"Where"}})
	if err != nil || done {
		return err
	}
	if s.AdminAddr == "" {
		return errors.New("healthcheck needs GATEWAY_ADMIN_ADDR (--admin-addr), the address that serves /readyz: set it")
	}
	host, port, err := net.SplitHostPort(s.AdminAddr)
	if err != nil {
		return fmt.Errorf("healthcheck: %w", err)
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/readyz", nil)
	if err != nil {
		return fmt.Errorf("healthcheck: %w", err)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return fmt.Errorf("healthcheck: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("healthcheck: /readyz answered %s", resp.Status)
	}
	return nil
}
