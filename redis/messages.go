package redis

import (
	"context"
	"strings"
	"time"

	"github.com/redis/rueidis"
)

// channel carries the messages of all gateways.
const channel = "census-gateway:messages"

// Tell sends a message about a subject to the other gateways, soon. It may be lost.
func (c *Client) Publish(subject, message string) {
	c.queue(write{key: channel, message: c.name + " " + subject + " " + message})
}

// Hear calls do with each message about a subject that another gateway sends from now on. Call it
// before messages arrive: when the gateway is made.
func (c *Client) Subscribe(subject string, do func(message string)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.hears[subject] = do
}

// listen passes messages on until ctx ends.
func (c *Client) listen(ctx context.Context) {
	for ctx.Err() == nil {
		if r := c.redis.Load(); r != nil {
			(*r).Receive(ctx, (*r).B().Subscribe().Channel(channel).Build(), func(m rueidis.PubSubMessage) { c.pass(m.Message) })
		}
		select {
		case <-time.After(whileDown):
		case <-ctx.Done():
		}
	}
}

func (c *Client) pass(text string) {
	sender, text, _ := strings.Cut(text, " ")
	subject, message, _ := strings.Cut(text, " ")
	c.mu.Lock()
	do := c.hears[subject]
	c.mu.Unlock()
	if sender != c.name && do != nil {
		do(message)
	}
}
