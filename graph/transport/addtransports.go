package transport

import "github.com/99designs/gqlgen/graphql/handler"

// Add adds the transports for POST, GET and OPTIONS to srv, then NotAllowed, and sets the error
// presenter. Call it last.
func Add(srv *handler.Server, opt Options) {
	srv.SetErrorPresenter(opt.present)
	srv.AddTransport(POST{opt})
	srv.AddTransport(GET{opt})
	srv.AddTransport(OPTIONS{})
	srv.AddTransport(NotAllowed{})
}
