package observe

import (
	"context"
	"log/slog"
	"strconv"
	"sync"
	"time"
)

// lines is the handler of the loggers made here. The line of an operation, of
// which there is one for each request, it writes by itself, to the byte as slog
// does and at a sixth of the cost. That line needs no masking: what is in it was
// cleaned before. All other lines, and those of loggers derived by With, are
// slog's.
type lines struct {
	slog.Handler
	least     *slog.LevelVar
	w         *sharedWriter
	json      bool
	requestID func(context.Context) string // nil finds none
	bufs      sync.Pool                    // of *[]byte
}

// Handle writes a line, with the id of the request that ctx belongs to.
func (l *lines) Handle(ctx context.Context, r slog.Record) error {
	if l.requestID != nil {
		if id := l.requestID(ctx); id != "" {
			r = r.Clone()
			r.AddAttrs(slog.String("request_id", id))
		}
	}
	return l.Handler.Handle(ctx, r)
}

// operation writes the line of op, which is clean. One that reports no error can
// wait.
func (l *lines) operation(now time.Time, level slog.Level, trace string, op Operation) {
	buf, ok := l.bufs.Get().(*[]byte)
	if !ok {
		buf = new([]byte)
	}
	*buf = l.appendOperation((*buf)[:0], now, level, trace, op)
	if level > slog.LevelInfo {
		_, _ = l.w.Write(*buf)
	} else {
		l.w.later(*buf)
	}
	l.bufs.Put(buf)
}

func (l *lines) appendOperation(b []byte, now time.Time, level slog.Level, trace string, op Operation) []byte {
	if l.json {
		b = append(b, `{"time":"`...)
		b = now.AppendFormat(b, time.RFC3339Nano)
		b = append(b, '"')
	} else {
		b = append(b, "time="...)
		b = appendMillis(b, now)
	}
	b = l.text(b, "level", level.String())
	b = l.text(b, "msg", operationLine)
	b = l.text(b, "request_id", op.RequestID)
	b = l.text(b, "trace_id", trace)
	b = l.text(b, "caller", op.Caller)
	b = l.text(b, "client", op.Client)
	b = l.text(b, "app", op.App)
	b = l.text(b, "app_version", op.AppVersion)
	b = l.text(b, "type", op.Type)
	b = l.text(b, "operation", op.Name)
	b = l.text(b, "document", op.Document)
	b = l.key(b, "duration_ms")
	if ms := milliseconds(op.Duration); l.json {
		b = strconv.AppendFloat(b, ms, 'f', -1, 64) // as encoding/json has it below 1e21
	} else {
		b = strconv.AppendFloat(b, ms, 'g', -1, 64)
	}
	b = strconv.AppendInt(l.key(b, "census_calls"), int64(op.CensusCalls), 10)
	b = strconv.AppendInt(l.key(b, "cache_hits"), int64(op.CacheHits), 10)
	if op.Status != 0 {
		b = strconv.AppendInt(l.key(b, "status"), int64(op.Status), 10)
	}
	if len(op.Codes) > 0 {
		b = l.codes(b, op.Codes)
	}
	if l.json {
		b = append(b, '}')
	}
	return append(b, '\n')
}

// appendMillis appends t in the form of RFC 3339 with three digits of a second. Of
// those forms package time writes fast what has as many digits as there are: four
// here, of which one is taken away.
func appendMillis(b []byte, t time.Time) []byte {
	end := len(b) + len("2006-01-02T15:04:05.000")
	b = t.Truncate(time.Millisecond).Add(time.Millisecond/10).AppendFormat(b, time.RFC3339Nano)
	return append(b[:end], b[end+1:]...)
}

func (l *lines) key(b []byte, key string) []byte {
	if l.json {
		return append(append(append(b, `,"`...), key...), `":`...)
	}
	return append(append(append(b, ' '), key...), '=')
}

// text adds a value that needs no quoting: words, and . - : between them. One
// that is empty is left out.
func (l *lines) text(b []byte, key, value string) []byte {
	if value == "" {
		return b
	}
	b = l.key(b, key)
	if l.json {
		return append(append(append(b, '"'), value...), '"')
	}
	return append(b, value...)
}

// codes adds a list of words.
func (l *lines) codes(b []byte, list []string) []byte {
	b = l.key(b, "codes")
	quote, between, around := "", " ", ""
	if l.json {
		between, around = ",", `"`
	} else if len(list) > 1 {
		quote = `"`
	}
	b = append(append(b, quote...), '[')
	for i, code := range list {
		if i > 0 {
			b = append(b, between...)
		}
		b = append(append(append(b, around...), code...), around...)
	}
	return append(append(b, ']'), quote...)
}
