package redis

import (
	"context"
	"strings"
	"time"

	"github.com/redis/rueidis"
)

// channel carries the messages of all gateways.
const channel = "census-gateway:messages"

// Publish sends a message on a subject to the other gateways, in the background. It may be lost.
func (c *Client) Publish(subject, message string) {
	c.queue(write{key: channel, message: c.name + " " + subject + " " + message})
}

// Subscribe calls do for each later message of another gateway on a subject. Call it before
// messages arrive: when the gateway is created.
func (c *Client) Subscribe(subject string, handle func(message string)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.handlers[subject] = handle
}

// listen receives messages until ctx ends.
func (c *Client) listen(ctx context.Context) {
	for ctx.Err() == nil {
		if r := c.redis.Load(); r != nil {
			(*r).Receive(ctx, (*r).B().Subscribe().Channel(channel).Build(), func(m rueidis.PubSubMessage) { c.dispatch(m.Message) })
		}
		select {
		case <-time.After(pingEveryDown):
		case <-ctx.Done():
		}
	}
}

func (c *Client) dispatch(text string) {
	sender, text, _ := strings.Cut(text, " ")
	subject, message, _ := strings.Cut(text, " ")
	c.mu.Lock()
	handle := c.handlers[subject]
	c.mu.Unlock()
	if sender != c.name && handle != nil {
		handle(message)
	}
}
