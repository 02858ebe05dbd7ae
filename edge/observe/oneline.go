package observe

import (
	"context"
	"log/slog"
	"strconv"
	"sync"
	"time"
)

// lines is the handler of this package's loggers.
type lines struct {
	slog.Handler // masks secrets, and writes at once
	operations   operationLines
	least        *slog.LevelVar
	w            *sharedWriter
	requestID    func(context.Context) string // nil adds no id
}

// Handle writes a line with the id of ctx's request.
func (l *lines) Handle(ctx context.Context, r slog.Record) error {
	if l.requestID != nil {
		if id := l.requestID(ctx); id != "" {
			r = r.Clone()
			r.AddAttrs(slog.String("request_id", id))
		}
	}
	return l.Handler.Handle(ctx, r)
}

// operationLines writes the lines of operations at level info, of which most requests have one. It
// writes what slog would write, in a third of the time: it quotes and masks nothing, since the
// values are clean. These lines can wait.
type operationLines struct {
	json bool
	w    *sharedWriter
	bufs sync.Pool // of *[]byte
}

func (l *operationLines) write(now time.Time, trace string, op *Operation) {
	buf, ok := l.bufs.Get().(*[]byte)
	if !ok {
		buf = new([]byte)
	}
	b := (*buf)[:0]
	if l.json {
		b = append(b, `{"time":"`...)
		b = now.AppendFormat(b, time.RFC3339Nano)
		b = append(b, `","level":"INFO","msg":"`+operationLine+`"`...)
	} else {
		b = append(b, "time="...)
		b = appendMillis(b, now)
		b = append(b, " level=INFO msg="+operationLine...)
	}
	op.attrs(trace, func(a slog.Attr) { b = l.append(b, a) })
	if l.json {
		b = append(b, '}')
	}
	b = append(b, '\n')
	l.w.writeLater(b)
	*buf = b
	l.bufs.Put(buf)
}

// append appends an attribute of [Operation.attrs].
func (l *operationLines) append(b []byte, a slog.Attr) []byte {
	quote := ""
	if l.json {
		quote = `"`
		b = append(append(append(b, `,"`...), a.Key...), `":`...)
	} else {
		b = append(append(append(b, ' '), a.Key...), '=')
	}
	switch v := a.Value; v.Kind() {
	case slog.KindString:
		return append(append(append(b, quote...), v.String()...), quote...)
	case slog.KindInt64:
		return strconv.AppendInt(b, v.Int64(), 10)
	case slog.KindFloat64:
		if l.json {
			return strconv.AppendFloat(b, v.Float64(), 'f', -1, 64) // as in encoding/json, below 1e21
		}
		return strconv.AppendFloat(b, v.Float64(), 'g', -1, 64)
	default:
		list := v.Any().([]string)
		between, around := ",", ""
		if !l.json {
			if between = " "; len(list) > 1 {
				around = `"`
			}
		}
		b = append(append(b, around...), '[')
		for i, word := range list {
			if i > 0 {
				b = append(b, between...)
			}
			b = append(append(append(b, quote...), word...), quote...)
		}
		return append(append(b, ']'), around...)
	}
}

// appendMillis appends t in the form of RFC 3339 with three digits of a second. Package time is
// fast for as many digits as there are: four here, of which the last is removed.
func appendMillis(b []byte, t time.Time) []byte {
	end := len(b) + len("2006-01-02T15:04:05.000")
	b = t.Truncate(time.Millisecond).Add(time.Millisecond/10).AppendFormat(b, time.RFC3339Nano)
	return append(b[:end], b[end+1:]...)
}
