package sim

import "net/http"

// A Retired is a way in which version 1 may answer after its retirement. Census has not said
// which it will use.
type Retired string

const (
	RetiredNotFound  Retired = "404 as JSON"
	RetiredEmpty     Retired = "404 without a body"
	RetiredPage      Retired = "404 as a page"
	RetiredGone      Retired = "410"
	RetiredMoved     Retired = "301"
	RetiredToken     Retired = "401"
	RetiredForbidden Retired = "403"
	RetiredHTML      Retired = "200 as a page"
)

// RetiredWays contains all values of Retired, with their answers.
var RetiredWays = map[Retired]Effect{
	RetiredNotFound:  JSON(http.StatusNotFound, `{"status":404}`),
	RetiredEmpty:     Status(http.StatusNotFound, "", ""),
	RetiredPage:      HTML(http.StatusNotFound),
	RetiredGone:      JSON(http.StatusGone, `{"status":"error","message":"This version of the API has been retired."}`),
	RetiredMoved:     Redirect(http.StatusMovedPermanently, "https://activations.example.com/docs/v2?from=v1"),
	RetiredToken:     JSON(http.StatusUnauthorized, `{"status":401}`),
	RetiredForbidden: JSON(http.StatusForbidden, `{"status":"error","message":"Forbidden"}`),
	RetiredHTML:      HTML(http.StatusOK),
}

// Retire makes V1 answer every call in that way from now on. V2 continues to work.
func (c *Census) Retire(how Retired) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.retired = RetiredWays[how]
}
