package exec

import (
	"context"
	"slices"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// An Execution executes one operation by its plan. Only one goroutine may use it at a time.
type Execution struct {
	// Room is called with the size of the answer, in bytes, while the answer is written. If it
	// returns an error, that error is answered instead. Nil if the size is not limited.
	Room func(bytes int) *gqlerror.Error

	ctx  context.Context
	op   *graphql.OperationContext
	plan *Plan
	read func() // reads the keys that loaders have collected

	args     []arguments // of each field that has arguments
	waiting  []*group    // waiting for loaders
	previous []*group    // the groups of the previous turn; the next turn reuses the slice
	slow     slowGroups  // slow groups that have finished
	parts    []*part     // not yet answered, in the order in which they began
	ids      int         // assigned to deferred parts so far
	written  int         // bytes of the parts written so far

	// Memory for an operation that defers nothing:
	first part
	one   [1]*part
	done  [1]*part
}

// Start starts the operation of op, compiled to plan, on the object root. The function read must
// read all keys that loaders have collected, and must return soon after ctx ends.
func Start(ctx context.Context, op *graphql.OperationContext, plan *Plan, root any, read func()) *Execution {
	x := &Execution{ctx: ctx, op: op, plan: plan, read: read, args: make([]arguments, plan.arguments)}
	x.parts, x.first = x.one[:0], part{set: plan.root, obj: root}
	x.startPart(&x.first)
	return x
}

func (x *Execution) startPart(p *part) {
	x.parts = append(x.parts, p)
	if p.set.deep() {
		p.frames, p.columns = make([]frame, p.set.span), make([]column, p.set.width)
		f := p.frame(p.set)
		f.objs = append(f.one[:0], p.obj)
		x.enter(p, p.set)
	}
}

// ready continues the execution until some parts can be written, and returns them.
func (x *Execution) ready() []*part {
	ready := x.done[:0]
	for {
		x.parts = slices.DeleteFunc(x.parts, func(p *part) bool {
			if p.open > 0 {
				return false
			}
			ready = append(ready, p)
			return true
		})
		switch {
		case len(ready) > 0:
			return ready
		case len(x.waiting) > 0:
			x.turn()
		default:
			x.slow.wait()
			x.endSlow()
		}
	}
}

// turn makes the loaders read all requested data, and continues the calls that waited for it.
func (x *Execution) turn() {
	x.read()
	turn := x.waiting
	x.waiting, x.previous = x.previous[:0], turn
	for _, g := range turn {
		g.calls.step()
		x.proceed(g)
	}
	x.endSlow()
}

// enter resolves the fields of s for the objects of its frame, as far as possible without
// waiting.
func (x *Execution) enter(p *part, s *set) {
	f := p.frame(s)
	f.columns, p.columns = p.columns[:s.columns], p.columns[s.columns:]
	x.get(p, s, false)
	for _, st := range s.steps {
		if st.field != nil && st.field.Resolve != nil {
			x.resolve(p, s, st)
		}
	}
	if s.loads {
		f.loads = s.object.Load(x.ctx, f.objs)
		if f.loads.state() != finished {
			x.ahead(s)
		}
		x.wait(&group{p, s, nil, f.loads})
	} else {
		x.get(p, s, true)
	}
}

// ahead requests what fields below s need regardless of their object, while the objects of s are
// loading.
func (x *Execution) ahead(s *set) {
	for _, st := range s.steps {
		for _, below := range st.sets {
			for _, st := range below.steps {
				if st.field != nil && st.field.Ahead != nil {
					st.field.Ahead(x.ctx)
				}
			}
		}
	}
}

// get reads the values of the fields of s that have fields to resolve below them, and enters
// those. It reads either the fields that need a loaded object, or the others.
func (x *Execution) get(p *part, s *set, loads bool) {
	f := p.frame(s)
	for _, st := range s.steps {
		if st.column < 0 || st.field.Resolve != nil || st.field.Loads != loads {
			continue
		}
		args, err := x.arguments(st)
		col := &f.columns[st.column]
		col.hold(len(f.objs))
		for i, obj := range f.objs {
			switch {
			case err != nil:
				col.fail(i, err)
			case f.failed(i) != nil:
			default:
				v, err := contain(func() (any, error) { return st.field.Get(obj, args) })
				if err != nil {
					col.fail(i, err)
				}
				col.values[i] = v
			}
		}
		x.descend(p, st, col)
	}
}

// resolve calls the resolver of the field st for all objects of s.
func (x *Execution) resolve(p *part, s *set, st *step) {
	f := p.frame(s)
	col := &f.columns[st.column]
	args, err := x.arguments(st)
	if err != nil {
		col.hold(len(f.objs))
		for i := range f.objs {
			col.fail(i, err)
		}
		return
	}
	ctx := x.ctx
	if st.below {
		ctx = &askedContext{ctx, Asked{x, st}}
	}
	x.wait(&group{p, s, st, st.field.Resolve(ctx, f.objs, args)})
}

// resolved stores the values of the field st for all objects of s, and enters the fields below.
func (x *Execution) resolved(p *part, s *set, st *step, calls Calls) {
	f := p.frame(s)
	col := &f.columns[st.column]
	col.hold(len(f.objs))
	for i := range f.objs {
		v, err := calls.result(i)
		if err != nil {
			col.fail(i, err)
		}
		col.values[i] = v
	}
	x.descend(p, st, col)
}

// wait continues with g once its calls have finished.
func (x *Execution) wait(g *group) {
	g.part.open++
	x.proceed(g)
}

func (x *Execution) proceed(g *group) {
	switch g.calls.state() {
	case finished:
		x.end(g)
	case waiting:
		x.waiting = append(x.waiting, g)
	case running:
		x.slow.expect()
		go func() {
			g.calls.finish()
			x.slow.put(g)
		}()
	}
}

func (x *Execution) endSlow() {
	for _, g := range x.slow.take() {
		x.end(g)
	}
}

func (x *Execution) end(g *group) {
	if g.step == nil {
		x.get(g.part, g.set, true)
	} else {
		x.resolved(g.part, g.set, g.step, g.calls)
	}
	g.part.open--
}

// descend enters the fields that st selects on the objects in the values of col.
func (x *Execution) descend(p *part, st *step, col *column) {
	deep := false
	for _, s := range st.sets {
		deep = deep || s.deep()
	}
	if !deep {
		return
	}
	add := func(v any) {
		at := place{}
		if _, failed := v.(Failed); v != nil && !failed {
			s := st.sets[st.index(v)]
			f := p.frame(s)
			at = place{s, len(f.objs)}
			f.objs = append(f.objs, v)
		}
		col.below = append(col.below, at)
	}
	for _, s := range st.sets {
		f := p.frame(s)
		f.objs = f.one[:0]
	}
	col.below, col.from = col.one.place[:0], col.one.from[:]
	if len(col.values) > 1 {
		col.from = make([]int, len(col.values)+1)
	}
	for i, v := range col.values {
		switch {
		case v == nil:
		case st.field.Len == nil:
			add(v)
		default:
			for j := range st.field.Len(v) {
				add(st.field.At(v, j))
			}
		}
		col.from[i+1] = len(col.below)
	}
	for _, s := range st.sets {
		if s.deep() && len(p.frame(s).objs) > 0 {
			x.enter(p, s)
		}
	}
}
