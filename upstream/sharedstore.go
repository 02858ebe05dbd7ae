package upstream

import (
	"strconv"
	"time"

	"census-gateway/internal/coding"
)

// hasStore reports whether the client uses a Store.
func (c *Client) hasStore() bool { return c.facts.sealer != nil }

// sharedKey returns the key of an entry of the client's token. Its parts contain no colon.
func (c *Client) sharedKey(what string, key cacheKey) string {
	return "census-gateway:" + storeFormat + ":" + c.calls.Tenant() + ":" + what + ":" + key.endpoint.Path(key.id) + ":" +
		strconv.FormatInt(key.epoch, 36) + ":" + strconv.Itoa(key.k)
}

// putShared stores an entry for the given time.
func (c *Client) putShared(key string, life time.Duration, write func(*coding.Writer)) {
	if life <= 0 {
		return
	}
	store, sealer := c.cache.store, c.facts.sealer
	store.Set(key, life, func() []byte {
		least, _ := store.Clock()
		w := coding.Writer{Ahead: least} // an uncertain clock makes the entry look older, never newer
		write(&w)
		return sealer.Seal(nil, nil, w.Bytes, []byte(key))
	})
}

// getShared reads an entry of the store. It deletes a damaged entry and treats it as missing.
func (c *Client) getShared(key string, read func(*coding.Reader) (ok bool)) bool {
	sealed := c.cache.store.Get(key)
	if sealed == "" {
		return false
	}
	plain, err := c.facts.sealer.Open(nil, nil, []byte(sealed), []byte(key))
	if err == nil {
		_, most := c.cache.store.Clock()
		if read(coding.Read(string(plain), most)) {
			return true
		}
	}
	c.cache.store.Drop(key)
	return false
}
