package redis

import (
	"time"

	"github.com/redis/rueidis"
)

// Claim claims key for the given time. It reports whether nobody else holds the claim; true if
// Redis does not answer in time.
func (c *Client) Claim(key string, life time.Duration) bool {
	result, err := c.do(func(r rueidis.Client) rueidis.Completed {
		return r.B().Set().Key(key).Value("1").Nx().Px(life).Build()
	})
	return err != nil || !rueidis.IsRedisNil(result.Error())
}
