// What edge/graphiql wrote into the page. Its addresses are relative to the page's own, so that a proxy may
// serve it below any prefix.
export const config = JSON.parse(document.getElementById('config').textContent);

export const endpoint = new URL(config.endpoint, document.baseURI);

// Where the page is, with a slash at its end: what is kept of one gateway is not shown to another of the
// same origin.
export const folder = new URL('.', endpoint).pathname;
