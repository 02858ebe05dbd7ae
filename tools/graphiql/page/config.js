// The configuration that edge/graphiql writes into the page. Its addresses are relative to the page, so that a proxy
// may serve it below any prefix.
export const config = JSON.parse(document.getElementById('config').textContent);

export const endpoint = new URL(config.endpoint, document.baseURI);

// The path of the page's folder, with a slash at the end. It separates the stored data of several gateways on the
// same origin.
export const folder = new URL('.', endpoint).pathname;
