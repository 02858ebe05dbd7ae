package transport

import (
	"context"
	"net/http"
	"sync"
	"time"
)

const (
	heartbeatInterval = 12 * time.Second // proxies close connections that are silent for 30 or 60 s
	writeTimeout      = 30 * time.Second // time limit for a client that does not read
)

// A heartbeatWriter writes events, and a heartbeat after some time without other writes.
type heartbeatWriter struct {
	events    eventWriter
	control   *http.ResponseController
	onFailure context.CancelCauseFunc // called when a write fails

	mu    sync.Mutex
	timer *time.Timer // for the next heartbeat
	ended bool
}

func (s *heartbeatWriter) send(write func() error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended {
		return
	}
	s.control.SetWriteDeadline(time.Now().Add(writeTimeout)) // best effort
	err := write()
	if err == nil {
		err = s.control.Flush()
	}
	if err != nil {
		s.ended = true
		s.onFailure(err)
		return
	}
	if s.timer == nil {
		s.timer = time.AfterFunc(heartbeatInterval, func() { s.send(s.events.heartbeat) })
	} else {
		s.timer.Reset(heartbeatInterval)
	}
}

// stop stops the heartbeats.
func (s *heartbeatWriter) stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ended = true
	if s.timer != nil {
		s.timer.Stop()
	}
}
