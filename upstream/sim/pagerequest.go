package sim

import (
	"net/http"
	"net/url"
	"strconv"
)

// A pageRequest is a request for one page, as Census reads it (Census API reference, List sync
// runs).
type pageRequest struct {
	number int  // from 1; 0 and invalid text are 1
	per    int  // 1 to the maximum, 100; larger values are 100, invalid text is 25
	asc    bool // anything but "asc" is desc
}

func readPageRequest(q url.Values, most int) pageRequest {
	p := pageRequest{number: 1, per: min(25, most), asc: q.Get("order") == "asc"}
	if n, err := strconv.Atoi(q.Get("page")); err == nil && n > 0 {
		p.number = n
	}
	if n, err := strconv.Atoi(q.Get("per_page")); err == nil && n > 0 {
		p.per = min(n, most)
	}
	return p
}

// list answers with one page of a collection of total items. item appends the i-th in order of
// creation, ties by id, and row returns its id and creation time. list applies the requested
// order.
func (c *Census) list(r *http.Request, total int, row func(i int) (id, at int64), item func(b []byte, i int) []byte) reply {
	q := query(r)
	p := readPageRequest(q, c.opt.MaxPerPage)
	if n, err := strconv.Atoi(q.Get("per_page")); c.opt.LargePage400 && err == nil && n > 100 {
		return badRequest("per_page can't exceed 100")
	}
	last := (total + p.per - 1) / p.per
	if c.opt.PastEnd404 && p.number > max(last, 1) {
		return notFound()
	}
	from, to := total, total
	if p.number <= last {
		from = (p.number - 1) * p.per
		to = min(from+p.per, total)
	}
	o := object{b: make([]byte, 0, 512+(to-from)*1024)}
	o.open()
	o.str("status", "success")
	o.key("data")
	o.b = append(o.b, '[')
	places := c.placement(p.asc, total, row)
	for i := from; i < to; i++ {
		if i > from {
			o.b = append(o.b, ',')
		}
		o.b = item(o.b, places.at(i))
	}
	o.b = append(o.b, ']')
	if v, _ := apiPath(r.URL.Path); c.sendsNext(v) {
		next := ""
		if p.number < last {
			next = nextURL(r, p)
		}
		o.strOrNull("next", next)
	}
	if !c.opt.NoPagination {
		if c.opt.TotalOff != 0 {
			total = max(total+c.opt.TotalOff, 0)
			last = (total + p.per - 1) / p.per
		}
		if last == 0 && !c.opt.EmptyLastPageZero {
			last = 1
		}
		o.pagination(p, total, last)
	}
	o.close()
	return ok(o.b)
}

func (o *object) pagination(p pageRequest, total, last int) {
	o.key("pagination")
	o.open()
	o.int("total_records", int64(total))
	o.int("per_page", int64(p.per))
	o.intOr("prev_page", int64(min(p.number-1, last)), 0)
	o.int("page", int64(p.number))
	if p.number < last {
		o.int("next_page", int64(p.number)+1)
	} else {
		o.raw("next_page", "null")
	}
	o.int("last_page", int64(last))
	o.close()
}

// nextURL returns the legacy link: absolute, and without the order, which the documented
// examples omit.
func nextURL(r *http.Request, p pageRequest) string {
	scheme, host := "http", r.Host
	if r.TLS != nil || r.URL.Scheme == "https" {
		scheme = "https"
	}
	if host == "" {
		host = r.URL.Host
	}
	return scheme + "://" + host + r.URL.Path +
		"?page=" + strconv.Itoa(p.number+1) + "&per_page=" + strconv.Itoa(p.per)
}

func query(r *http.Request) url.Values {
	if r.URL.RawQuery == "" {
		return nil
	}
	return r.URL.Query()
}
