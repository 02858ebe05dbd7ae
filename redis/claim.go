package redis

import (
	"time"

	"github.com/redis/rueidis"
)

// Claim reports whether nobody has claimed key in the given time. If Redis does not answer in time,
// it is true.
func (c *Client) Claim(key string, life time.Duration) bool {
	result, err := c.use(func(r rueidis.Client) rueidis.Completed {
		return r.B().Set().Key(key).Value("1").Nx().Px(life).Build()
	})
	return err != nil || !rueidis.IsRedisNil(result.Error())
}
